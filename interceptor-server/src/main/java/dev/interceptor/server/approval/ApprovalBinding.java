package dev.interceptor.server.approval;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.session.SessionKey;

/// The one call that an approval is good for: this customer's session, this tool of this upstream,
/// these arguments. Not the key: a session belongs to its customer, and a key may be rotated while
/// a person thinks.
///
/// @param arguments digest of their canonical form
public record ApprovalBinding(SessionKey session, ToolRef tool, Sha256 arguments) {}
