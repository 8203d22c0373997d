package dev.interceptor.server.chat;

import java.util.Optional;

/// Decides the tool calls that a model makes, one by one and in the order in which the model makes
/// them.
interface CallGate {
  /// Decides and puts on record; a released call has to reach the client exactly as it was given
  /// here.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException if no decision could be reached or
  ///   recorded: nothing of the call, and nothing after it, may leave
  Verdict decide(ProposedCall call);

  /// A tool call as the client would get it, redacted already.
  ///
  /// @param id the call's id, empty where the model gave none
  /// @param arguments the arguments' JSON text of a function, or the free text of a custom tool
  record ProposedCall(Kind kind, String id, String name, String arguments) {}

  /// What a call's arguments are.
  enum Kind {
    FUNCTION,
    CUSTOM
  }

  /// What becomes of a call.
  sealed interface Verdict {
    /// The client gets the call.
    ///
    /// @param token what the tool's server demands, where the client is to have it
    record Released(String decisionId, Optional<String> token) implements Verdict {}

    /// The client never sees the call.
    ///
    /// @param explanation one sentence that the client may show to its model; holds nothing of the
    ///   arguments
    record Withheld(String decisionId, String explanation) implements Verdict {}
  }
}
