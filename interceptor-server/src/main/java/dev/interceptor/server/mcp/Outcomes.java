package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.failure.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns what became of a call into what an MCP client reads, the same for both eras.
///
/// A refused tool call is a result with `isError`, the only form that every client hands to its
/// model; other refused methods have no such form and are errors with a code of ours.
final class Outcomes {
  /// Of refusals of methods that have no error result; outside the codes that JSON-RPC and MCP keep
  /// to themselves.
  static final int REFUSED = 1403;

  static final int INTERNAL_ERROR = -32603;

  /// Where a result says how the call was decided.
  static final String DECISION = "dev.interceptor/decision";

  private static final String RESERVED = "io.modelcontextprotocol/";
  private static final String OWN = "dev.interceptor/";
  private static final List<String> OURS = List.of("decision", "decision_id", "approval_id");
  private static final int MISSING_CAPABILITY = -32021;
  private static final String MAY_HAVE_RUN =
      "the tool may have run; its answer did not arrive or is withheld";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Outcomes() {}

  static Reply reply(Outcome outcome, CallRequest call, View view) {
    return switch (outcome) {
      case Outcome.Answered answered -> answered(answered, call, view);
      case Outcome.InputRequired asking -> asking(asking);
      case Outcome.Erred erred -> erred(erred);
      case Outcome.Refused refused -> refused(refused, call.tool());
      case Outcome.AwaitingApproval waiting -> waiting(waiting, call.tool());
      case Outcome.Unanswered unanswered -> unanswered(unanswered);
      case Outcome.Issued _, Outcome.Noted _ ->
          throw new IllegalStateException(
              "decision " + outcome.decisionId() + " was not forwarded");
    };
  }

  private static Reply answered(Outcome.Answered answered, CallRequest call, View view) {
    ObjectNode decision = decision(answered, "allow");
    ArrayNode taints = decision.putArray("taints");
    answered.labels().stream().map(Label::value).forEach(taints::add);
    ObjectNode result = view.shown(call.server(), answered.result());
    return new Reply.Result(withDecision(result, decision));
  }

  private static Reply asking(Outcome.InputRequired asking) {
    return new Reply.Result(withDecision(asking.result(), decision(asking, "allow")));
  }

  /// The upstream's own keys in `_meta` stay, apart from those that would speak for this server.
  private static ObjectNode withDecision(ObjectNode result, ObjectNode decision) {
    ObjectNode copy = JSON.objectNode();
    copy.setAll(result);
    ObjectNode meta = JSON.objectNode();
    for (Map.Entry<String, JsonNode> entry : result.path("_meta").properties()) {
      if (!entry.getKey().startsWith(RESERVED) && !entry.getKey().startsWith(OWN)) {
        meta.set(entry.getKey(), entry.getValue());
      }
    }
    meta.set(DECISION, decision);
    copy.set("_meta", meta);
    return copy;
  }

  private static Reply erred(Outcome.Erred erred) {
    JsonNode number = erred.error().path("code");
    int code =
        number.canConvertToInt() && number.intValue() != REFUSED
            ? number.intValue()
            : INTERNAL_ERROR;
    int status =
        switch (code) {
          case MISSING_CAPABILITY -> 400;
          case RpcError.METHOD_NOT_FOUND -> 404;
          default -> 200;
        };
    JsonNode data = erred.error().path("data");
    return new Reply.Fault(
        new RpcError(
            status,
            code,
            erred.error().path("message").asText(""),
            data instanceof ObjectNode object
                ? Optional.of(object.deepCopy().without(OURS))
                : Optional.empty()));
  }

  private static Reply refused(Outcome.Refused refused, ToolName tool) {
    String text = refused.denial().message().orElse(ErrorCode.POLICY_DENIED.publicMessage());
    ObjectNode decision =
        decision(refused, "deny")
            .put("code", ErrorCode.POLICY_DENIED.name())
            .put("reason", refused.denial().reason().name());
    return denial(tool, text, decision);
  }

  private static Reply waiting(Outcome.AwaitingApproval waiting, ToolName tool) {
    String text = waiting.demand().message().orElse(ErrorCode.APPROVAL_REQUIRED.publicMessage());
    ObjectNode decision =
        decision(waiting, "deny")
            .put("code", ErrorCode.APPROVAL_REQUIRED.name())
            .put("reason", ReasonCode.APPROVAL_REQUIRED.name());
    if (waiting.approval().isEmpty()) {
      return denial(
          tool,
          "a person has to approve this call, and too many calls wait for that; repeat it later",
          decision);
    }
    String ticket = waiting.approval().get().value();
    return denial(tool, text + " (approval " + ticket + ")", decision.put("approval_id", ticket));
  }

  private static Reply denial(ToolName tool, String text, ObjectNode decision) {
    if (ProtocolMethod.of(tool).isPresent()) {
      return new Reply.Fault(new RpcError(200, REFUSED, text, Optional.of(decision)));
    }
    ObjectNode result = JSON.objectNode();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    result.put("isError", true);
    result.putObject("_meta").set(DECISION, decision);
    return new Reply.Result(result);
  }

  private static Reply unanswered(Outcome.Unanswered unanswered) {
    String text =
        unanswered.code() == ErrorCode.UPSTREAM_UNREACHABLE
            ? unanswered.code().publicMessage()
            : MAY_HAVE_RUN;
    ObjectNode decision = decision(unanswered, "allow").put("code", unanswered.code().name());
    return new Reply.Fault(new RpcError(200, INTERNAL_ERROR, text, Optional.of(decision)));
  }

  private static ObjectNode decision(Outcome outcome, String word) {
    return JSON.objectNode().put("decision", word).put("decision_id", outcome.decisionId());
  }
}
