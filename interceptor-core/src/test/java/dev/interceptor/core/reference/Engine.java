package dev.interceptor.core.reference;

import static java.util.stream.Collectors.toCollection;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Charge;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.Explanation;
import dev.interceptor.core.decision.PolicyDecisionPoint;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.Period;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.reference.Story.Answer;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The engine with one policy, asked through its public door, its answers in the reference's words.
final class Engine {
  private static final Principal PRINCIPAL =
      new Principal(new CustomerId(ReferenceConditions.CUSTOMER), new ApiKeyId("a1b2c3d4"));
  private static final ApprovalId APPROVAL = new ApprovalId("00000000-0000-4000-8000-000000000000");

  private final PolicyDecisionPoint decisionPoint = new PolicyDecisionPoint();
  private final PolicySet policy;

  Engine(String text) {
    policy =
        switch (PolicyParser.parse(text, "random.yaml")) {
          case PolicyParser.Result.Parsed parsed -> parsed.only();
          case PolicyParser.Result.Rejected rejected ->
              throw new AssertionError(rejected.problems() + "\n" + text);
        };
  }

  PolicySet policy() {
    return policy;
  }

  static ToolRef tool(Call call) {
    return new ToolRef(new UpstreamName(call.upstream()), new ToolName(call.tool()));
  }

  Decision decide(Call call, SessionState state, Map<String, Long> used) {
    return decisionPoint.decide(request(call), policy, state, usage(call, used));
  }

  Explanation explain(Call call, SessionState state, Map<String, Long> used) {
    return Explanation.of(request(call), policy, state, usage(call, used));
  }

  private static DecisionRequest request(Call call) {
    return new DecisionRequest(
        PRINCIPAL,
        new SessionId("s-" + call.session()),
        new ToolCall(tool(call), Arguments.of(call.args())),
        new CallContext(call.at(), call.ip().isEmpty() ? Optional.empty() : Optional.of(call.ip())),
        call.approved() ? Optional.of(APPROVAL) : Optional.empty());
  }

  private Usage usage(Call call, Map<String, Long> used) {
    Map<String, Long> usage = new HashMap<>();
    for (String counter : policy.plan(tool(call)).countersRead(call.at())) {
      usage.put(counter, used.getOrDefault(counter, 0L));
    }
    return Usage.of(usage);
  }

  static Answer answer(Decision decision) {
    return switch (decision) {
      case Decision.Permit permit ->
          new Answer(
              "",
              ids(permit.determining()),
              tags(permit.added()),
              tags(permit.removed()),
              permit.approval().isPresent(),
              Optional.empty());
      case Decision.Deny deny -> denied(deny.reason().name(), deny.determining(), deny.message());
      case Decision.RequireApproval wait ->
          denied("APPROVAL_REQUIRED", wait.determining(), wait.message());
    };
  }

  private static Answer denied(String reason, List<RuleId> rules, Optional<String> message) {
    return new Answer(
        reason,
        ids(rules),
        Collections.emptySortedSet(),
        Collections.emptySortedSet(),
        false,
        message);
  }

  /// The state after the decision; after a completed call without the tags it takes away. Charges
  /// what the customer uses up of periods of time.
  static SessionState after(
      Call call, Decision decision, SessionState before, Map<String, Long> used) {
    if (!(decision instanceof Decision.Permit permit)) {
      return before;
    }
    for (Charge charge : permit.charges()) {
      if (charge.per() != Period.SESSION) {
        used.merge(charge.counter(), charge.amount(), Long::sum);
      }
    }
    return call.completes() ? permit.reserved().without(permit.removed()) : permit.reserved();
  }

  /// The state with one more tag and nothing else.
  static SessionState tainted(SessionState state, String tag) {
    SortedSet<Label> labels = new TreeSet<>(state.labels());
    labels.add(new Label(tag));
    return state.marked(labels);
  }

  private static List<String> ids(List<RuleId> ids) {
    return ids.stream().map(RuleId::value).toList();
  }

  static SortedSet<String> tags(SortedSet<Label> labels) {
    return labels.stream().map(Label::value).collect(toCollection(TreeSet::new));
  }
}
