package dev.interceptor.server.proxy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.enforcement.InterceptedCall;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.Problem;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.upstream.ToolDefinition;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import io.javalin.http.Context;
import java.util.function.Function;

/// `POST /proxy/execute`, `POST /proxy/authorize`, `GET /proxy/tools`. SPEC §4.
public final class ProxyEndpoint {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final String MAY_HAVE_RUN =
      "the tool may have run; its answer did not arrive or is withheld";

  private final RequestGate gate;
  private final EnforcementPoint enforcement;
  private final PolicyStore policies;
  private final ToolServers upstreams;
  private final PinnedTools pins;
  private final JsonLimits limits;

  public ProxyEndpoint(
      RequestGate gate,
      EnforcementPoint enforcement,
      PolicyStore policies,
      ToolServers upstreams,
      PinnedTools pins,
      JsonLimits limits) {
    this.gate = gate;
    this.enforcement = enforcement;
    this.policies = policies;
    this.upstreams = upstreams;
    this.pins = pins;
    this.limits = limits;
  }

  public void execute(Context context) {
    answer(context, "proxy.execute", enforcement::execute);
  }

  public void authorize(Context context) {
    answer(context, "proxy.authorize", enforcement::authorize);
  }

  private void answer(
      Context context, String entryPoint, Function<InterceptedCall, Outcome> enforce) {
    var exchange = new Exchange(context);
    gate.admit(
        exchange,
        limits.maxBytes(),
        (principal, body) -> {
          InterceptedCall call =
              ProxyRequest.parse(body, limits).toCall(exchange, entryPoint, principal);
          encode(exchange, enforce.apply(call));
        });
  }

  private static void encode(Exchange exchange, Outcome outcome) {
    switch (outcome) {
      case Outcome.Answered answered -> exchange.json(200, answered(exchange, answered));
      case Outcome.Issued issued -> exchange.json(200, issued(exchange, issued));
      case Outcome.Noted noted ->
          throw new IllegalStateException("decision " + noted.decisionId() + " was asked for here");
      case Outcome.InputRequired asking ->
          exchange.problem(
              Problem.of(
                      ErrorCode.UPSTREAM_PROTOCOL,
                      "the tool asks its user something, which only clients of /mcp can answer",
                      exchange.requestId())
                  .withDecision(asking.decisionId()));
      case Outcome.Erred erred ->
          exchange.problem(
              Problem.of(ErrorCode.UPSTREAM_PROTOCOL, MAY_HAVE_RUN, exchange.requestId())
                  .withDecision(erred.decisionId()));
      case Outcome.Refused refused ->
          exchange.problem(
              Problem.of(
                      ErrorCode.POLICY_DENIED,
                      refused.denial().message().orElse(ErrorCode.POLICY_DENIED.publicMessage()),
                      exchange.requestId())
                  .withDecision(refused.decisionId())
                  .withReason(refused.denial().reason().name()));
      case Outcome.AwaitingApproval waiting -> exchange.problem(waiting(exchange, waiting));
      case Outcome.Unanswered unanswered ->
          exchange.problem(
              Problem.of(unanswered.code(), withheld(unanswered), exchange.requestId())
                  .withDecision(unanswered.decisionId()));
    }
  }

  private static Problem waiting(Exchange exchange, Outcome.AwaitingApproval waiting) {
    String detail =
        waiting.approval().isEmpty()
            ? "a person has to approve this call, and too many calls wait for that; repeat it later"
            : waiting.demand().message().orElse(ErrorCode.APPROVAL_REQUIRED.publicMessage());
    Problem problem =
        Problem.of(ErrorCode.APPROVAL_REQUIRED, detail, exchange.requestId())
            .withDecision(waiting.decisionId())
            .withReason(ReasonCode.APPROVAL_REQUIRED.name());
    return waiting.approval().map(id -> problem.withApproval(id.value())).orElse(problem);
  }

  private static String withheld(Outcome.Unanswered unanswered) {
    return unanswered.code() == ErrorCode.UPSTREAM_UNREACHABLE
        ? unanswered.code().publicMessage()
        : MAY_HAVE_RUN;
  }

  private static ObjectNode permitted(Exchange exchange, Outcome outcome) {
    return JSON.objectNode()
        .put("decision", "allow")
        .put("decision_id", outcome.decisionId())
        .put("request_id", exchange.requestId())
        .put("session_id", outcome.session().value());
  }

  private static ObjectNode answered(Exchange exchange, Outcome.Answered answered) {
    ObjectNode body = permitted(exchange, answered);
    body.set("result", answered.result());
    ArrayNode taints = body.putArray("taints");
    answered.labels().stream().map(Label::value).forEach(taints::add);
    return body;
  }

  private static ObjectNode issued(Exchange exchange, Outcome.Issued issued) {
    return permitted(exchange, issued)
        .put("token", issued.call().token())
        .put("aud", issued.call().audience().value())
        .put("expires_at", issued.call().expiresAt().toString());
  }

  /// Lists the tools that the policy may ever permit to this key and whose definitions are trusted,
  /// with their servers' own descriptions.
  public void tools(Context context) {
    var exchange = new Exchange(context);
    gate.admit(exchange, principal -> exchange.json(200, catalog(principal)));
  }

  private ObjectNode catalog(Principal principal) {
    PolicySet policy = policies.load(principal);
    ObjectNode body = JSON.objectNode();
    ArrayNode tools = body.putArray("tools");
    for (ToolServer server : upstreams.all()) {
      for (ToolDefinition tool : pins.trusted(server)) {
        if (policy.mayEverPermit(new ToolRef(server.name(), tool.name()))) {
          tools.add(tool.definition().deepCopy().put("upstream", server.name().value()));
        }
      }
    }
    return body;
  }
}
