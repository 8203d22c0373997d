/// Looks at text for credentials, personal data and text that talks to a model. Text or a tool's
/// result enters; findings with their places, or the result as its caller may see it, leave. Pure,
/// linear in the text, and never the only defence: taint by origin does not ask it.
///
/// Prompt guards judge the texts of a request to a model, here or by a guard model elsewhere, and
/// prompt redaction keeps credentials and personal data from leaving with them.
@NullMarked
package dev.interceptor.server.guard;

import org.jspecify.annotations.NullMarked;
