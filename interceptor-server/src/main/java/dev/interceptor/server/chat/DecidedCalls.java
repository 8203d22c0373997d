package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.CallGate.ProposedCall;
import dev.interceptor.server.chat.CallGate.Verdict;
import dev.interceptor.server.guard.AnswerRedaction;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The tool calls of one answer: each is redacted, then decided, and what was decided is what
/// leaves.
final class DecidedCalls {
  private final CallGate gate;
  private final AnswerRedaction redaction;
  private final Map<String, String> tokens = new LinkedHashMap<>();
  private final Set<String> explanations = new LinkedHashSet<>();
  private String firstWithheld = "";
  private final int firstPlace;
  private int released;

  DecidedCalls(CallGate gate, AnswerRedaction redaction) {
    this(gate, redaction, 0);
  }

  /// @param firstPlace of a call without an id, for answers with several choices
  DecidedCalls(CallGate gate, AnswerRedaction redaction, int firstPlace) {
    this.gate = gate;
    this.redaction = redaction;
    this.firstPlace = firstPlace;
  }

  /// @param call as the model made it
  /// @return the arguments that the client gets, empty if it gets nothing of the call
  Optional<String> released(ProposedCall call) {
    String arguments =
        switch (call.kind()) {
          case FUNCTION -> redaction.arguments(call.arguments());
          case CUSTOM -> redaction.input(call.arguments());
        };
    return switch (gate.decide(new ProposedCall(call.kind(), call.id(), call.name(), arguments))) {
      case Verdict.Released(_, var token) -> {
        String key = call.id().isEmpty() ? Integer.toString(firstPlace + released) : call.id();
        released++;
        token.ifPresent(value -> tokens.put(key, value));
        yield Optional.of(arguments);
      }
      case Verdict.Withheld(var decision, var explanation) -> {
        firstWithheld = firstWithheld.isEmpty() ? decision : firstWithheld;
        explanations.add(explanation);
        yield Optional.empty();
      }
    };
  }

  boolean anyWithheld() {
    return !explanations.isEmpty();
  }

  /// What the client reads in place of the calls, where none of them is left.
  Optional<String> explanation() {
    return explanations.isEmpty() || released > 0
        ? Optional.empty()
        : Optional.of(String.join("\n", explanations));
  }

  /// The decision on the first call that was withheld, empty if none was.
  String firstWithheld() {
    return firstWithheld;
  }

  /// Adds `interceptor.tool_tokens` with all tokens so far, if there are any: by the call's id, or
  /// for a call without one by its place among those released, from the first place.
  ///
  /// @return whether it did
  boolean putTokens(ObjectNode target) {
    tokens.forEach((id, token) -> put(target, id, token));
    return !tokens.isEmpty();
  }

  /// As `putTokens`, with one call's token only.
  boolean putToken(ObjectNode target, String callId) {
    String token = tokens.get(callId);
    if (token == null) {
      return false;
    }
    put(target, callId, token);
    return true;
  }

  private static void put(ObjectNode target, String callId, String token) {
    member(member(target, "interceptor"), "tool_tokens").put(callId, token);
  }

  private static ObjectNode member(ObjectNode parent, String name) {
    if (parent.get(name) instanceof ObjectNode known) {
      return known;
    }
    ObjectNode added = JsonNodeFactory.instance.objectNode();
    parent.set(name, added);
    return added;
  }
}
