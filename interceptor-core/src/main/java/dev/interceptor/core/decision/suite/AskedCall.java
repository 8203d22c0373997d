package dev.interceptor.core.decision.suite;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;

/// A call as an author writes it down.
///
/// @param place where it begins in its text
/// @param approved whether a person has approved exactly this call
/// @param upstreamFails whether the call is not completed, so that no tag is removed
public record AskedCall(
    Place place,
    Principal principal,
    SessionId session,
    ToolCall call,
    CallContext context,
    boolean approved,
    boolean upstreamFails) {
  /// @param line from 1
  /// @param column from 1
  public record Place(int line, int column) {}

  /// The call in one line, with the names of its arguments.
  public String title() {
    var names = call.arguments().value().members().keySet();
    return names.isEmpty() ? call.tool().name().value() : call.tool().name() + " " + names;
  }
}
