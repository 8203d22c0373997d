package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.enforcement.AdmissionDesk.AdmittedCall;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Inspection;
import dev.interceptor.server.guard.ResultInspector;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import dev.interceptor.server.upstream.Caller;
import dev.interceptor.server.upstream.ToolReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends an admitted call to its tool server and looks at what comes back; the caller gets that
/// once it is settled.
record Forwarding(
    ResultInspector inspector, Settlement settlement, FlowMetrics metrics, InstantSource clock) {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

  private static final String WITHHELD = "the tool has run; what it returned is withheld";

  Outcome forward(AdmittedCall call, Caller caller) {
    Caller listening = call.resultRules().isEmpty() ? caller : new WordlessCaller(caller);
    Instant start = clock.instant();
    ToolReply reply =
        metrics.time(Stage.FORWARD, () -> call.server().forward(call.authorized(), listening));
    Duration took = Duration.between(start, clock.instant());
    Inspection seen = metrics.time(Stage.INSPECT, () -> inspected(reply, call));
    try {
      return outcome(call, reply, seen, settlement.settle(call, status(reply), seen, took));
    } catch (InterceptorException e) {
      LOG.warn("the answer to decision {} is withheld: {}", call.decisionId(), e.getMessage());
      return unanswered(call, e.code());
    }
  }

  /// Nothing that the tool said leaves other than in a result.
  private Inspection inspected(ToolReply reply, AdmittedCall call) {
    return switch (reply) {
      case ToolReply.Completed completed ->
          inspector.inspect(completed.result(), call.resultRules());
      case ToolReply.InputRequired asking -> inspectedQuestions(asking.result(), call);
      case ToolReply.RpcError erred -> inspector.inspect(erred.error(), call.resultRules());
      case ToolReply.Failed _, ToolReply.NotDelivered _, ToolReply.Unknown _ -> Inspection.NOTHING;
    };
  }

  /// The state goes back to the tool as it came; a changed one would be none.
  private Inspection inspectedQuestions(ObjectNode result, AdmittedCall call) {
    ObjectNode questions = result.deepCopy();
    JsonNode state = questions.remove("requestState");
    Inspection seen = inspector.inspect(questions, call.resultRules());
    if (state != null && seen.delivery() instanceof Inspection.Delivery.Given(ObjectNode given)) {
      given.set("requestState", state);
    }
    return seen;
  }

  private static OutcomeRecord.Status status(ToolReply reply) {
    return switch (reply) {
      case ToolReply.Completed completed ->
          completed.isError() ? OutcomeRecord.Status.TOOL_ERROR : OutcomeRecord.Status.COMPLETED;
      case ToolReply.InputRequired _ -> OutcomeRecord.Status.INPUT_REQUIRED;
      case ToolReply.Failed _, ToolReply.RpcError _ -> OutcomeRecord.Status.FAILED;
      case ToolReply.NotDelivered _ -> OutcomeRecord.Status.NOT_DELIVERED;
      case ToolReply.Unknown _ -> OutcomeRecord.Status.UNKNOWN;
    };
  }

  /// @param settled the tags that the session carries now
  private static Outcome outcome(
      AdmittedCall call, ToolReply reply, Inspection seen, SortedSet<Label> settled) {
    SessionId session = call.session().session();
    String id = call.decisionId();
    return switch (reply) {
      case ToolReply.Completed _ ->
          answer(call, seen, result -> new Outcome.Answered(id, session, result, settled));
      case ToolReply.InputRequired _ ->
          answer(call, seen, result -> new Outcome.InputRequired(id, session, result));
      case ToolReply.RpcError _ ->
          answer(call, seen, error -> new Outcome.Erred(id, session, error));
      case ToolReply.NotDelivered _ -> unanswered(call, ErrorCode.UPSTREAM_UNREACHABLE);
      case ToolReply.Failed failed -> unanswered(call, code(failed.fault()));
      case ToolReply.Unknown unknown -> unanswered(call, code(unknown.fault()));
    };
  }

  private static Outcome answer(
      AdmittedCall call, Inspection seen, Function<ObjectNode, Outcome> given) {
    return switch (seen.delivery()) {
      case Inspection.Delivery.Given delivered -> given.apply(delivered.result());
      case Inspection.Delivery.Withheld withheld ->
          new Outcome.Refused(
              call.decisionId(),
              call.session().session(),
              new Decision.Deny(
                  ReasonCode.RESULT_BLOCKED,
                  seen.determining(),
                  Optional.of(withheld.error().orElse(WITHHELD))));
    };
  }

  private static Outcome unanswered(AdmittedCall call, ErrorCode code) {
    return new Outcome.Unanswered(call.decisionId(), call.session().session(), code);
  }

  private static ErrorCode code(ToolReply.Fault fault) {
    return switch (fault) {
      case TIMEOUT -> ErrorCode.UPSTREAM_TIMEOUT;
      case DISCONNECTED, ABANDONED, PROTOCOL, REFUSED -> ErrorCode.UPSTREAM_PROTOCOL;
    };
  }
}
