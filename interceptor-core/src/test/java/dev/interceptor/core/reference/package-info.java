/// A second reading of the language's documents, as plain as it can be, that shares nothing with
/// the engine but the policy's text; and the random stories on which both have to agree.
@NullMarked
package dev.interceptor.core.reference;

import org.jspecify.annotations.NullMarked;
