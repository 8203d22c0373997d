package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.PolicyDecisionPoint;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ResultAction;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.enforcement.Asked.Delivery;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Inspection;
import dev.interceptor.server.guard.ResultInspector;
import dev.interceptor.server.pinning.Definition;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import dev.interceptor.server.upstream.Caller;
import dev.interceptor.server.upstream.ToolReply;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import dev.interceptor.server.upstream.UnreachedTools;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides a call, records the decision, signs what was permitted, forwards it and settles what
/// came back.
///
/// The order is held by types: the log alone turns a permit into a `RecordedPermit`, the minter
/// alone turns that into an `AuthorizedCall`, and a `ToolServer` takes nothing else. Any failure on
/// the way is an exception and forwards nothing.
public final class EnforcementPoint {
  private static final Logger LOG = LoggerFactory.getLogger(EnforcementPoint.class);

  private static final String WITHHELD = "the tool has run; what it returned is withheld";
  private static final String ONLY_THROUGH_US =
      "the policy inspects what this tool returns; the call has to go through the interceptor";

  private static final String CHANGED =
      "the tool is not what it was approved to be; an operator has to approve it again";
  private static final String AWAITING = "an operator has to approve the tool first";
  private static final String UNLISTED = "the tool server does not list this tool";

  private static final String NOT_OFFERED = "the request does not offer this tool";
  private static final String UNREADABLE =
      "the arguments are not one JSON object that every reader takes the same way";

  private static final SortedSet<Label> NOTHING = Collections.emptySortedSet();

  private final PolicyStore policies;
  private final PolicyDecisionPoint decisions;
  private final SessionStore sessions;
  private final DecisionLog log;
  private final ApprovalDesk approvals;
  private final TokenMinter minter;
  private final ToolServers upstreams;
  private final PinnedTools pins;
  private final Discretion discretion;
  private final FlowMetrics metrics;
  private final InstantSource clock;
  private final Supplier<String> decisionIds;
  private final RandomGenerator random;
  private final ResultInspector inspector;
  private final Settlement settlement;

  /// @param random for the tokens' ids: cryptographically strong and thread-safe
  public EnforcementPoint(
      PolicyStore policies,
      SessionStore sessions,
      DecisionLog log,
      ApprovalStore approvals,
      TokenMinter minter,
      ToolServers upstreams,
      PinnedTools pins,
      Discretion discretion,
      FlowMetrics metrics,
      InstantSource clock,
      Supplier<String> decisionIds,
      RandomGenerator random) {
    this.policies = policies;
    this.decisions = new PolicyDecisionPoint();
    this.sessions = sessions;
    this.log = log;
    this.approvals = new ApprovalDesk(approvals, metrics);
    this.minter = minter;
    this.upstreams = upstreams;
    this.pins = pins;
    this.discretion = discretion;
    this.metrics = metrics;
    this.clock = clock;
    this.decisionIds = decisionIds;
    this.random = random;
    this.inspector = ResultInspector.standard();
    this.settlement = new Settlement(sessions, log, clock, minter.lifetime());
  }

  /// Decides, signs, forwards, and answers with the tool's result.
  ///
  /// @throws InterceptorException if no decision could be reached, recorded, signed or stored
  public Outcome execute(InterceptedCall intercepted) {
    return execute(intercepted, Caller.SILENT);
  }

  /// The same for a caller that hears of the call while it is under way, can be asked, and may
  /// leave.
  public Outcome execute(InterceptedCall intercepted, Caller caller) {
    return switch (admit(intercepted, Delivery.THROUGH_US)) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> forward(yes.call(), caller);
    };
  }

  /// Decides and signs; the caller sends the call itself.
  ///
  /// @throws InterceptorException if no decision could be reached, recorded, signed or stored
  public Outcome authorize(InterceptedCall intercepted) {
    return issued(admit(intercepted, Delivery.PAST_US));
  }

  private Outcome issued(Admission admission) {
    return switch (admission) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> {
        AdmittedCall call = yes.call();
        settle(
            call,
            OutcomeRecord.Status.ISSUED,
            ResultInspector.unseen(call.resultRules()),
            Duration.ZERO);
        yield call.signed().isPresent()
            ? new Outcome.Issued(call.decisionId(), call.session().session(), call.authorized())
            : new Outcome.Noted(call.decisionId(), call.session().session());
      }
    };
  }

  /// Decides a tool call that a model makes and its client will run. What the tool returns is
  /// looked at when it comes back in the conversation.
  ///
  /// @throws InterceptorException if no decision could be reached or recorded: nothing of the call
  ///   may reach the client
  public Outcome release(InterceptedCall intercepted, Proposal proposal) {
    return noted(
        proposed(intercepted, proposal, Delivery.IN_CONVERSATION), OutcomeRecord.Status.ISSUED);
  }

  /// As `release`, with a token for the client; a call whose result would have to be looked at is
  /// denied, as by `authorize`.
  public Outcome releaseSigned(InterceptedCall intercepted, Proposal proposal) {
    return issued(proposed(intercepted, proposal, Delivery.PAST_US));
  }

  /// Decides and puts on record something that sends nothing by itself.
  ///
  /// @throws InterceptorException if no decision could be reached or recorded
  public Outcome note(InterceptedCall intercepted) {
    return noted(admit(intercepted, Delivery.NOWHERE), OutcomeRecord.Status.COMPLETED);
  }

  private Outcome noted(Admission admission, OutcomeRecord.Status status) {
    return switch (admission) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> {
        AdmittedCall call = yes.call();
        settle(call, status, Inspection.NOTHING, Duration.ZERO);
        yield new Outcome.Noted(call.decisionId(), call.session().session());
      }
    };
  }

  /// Looks at what a tool returned, as its client says in a conversation: what it brings into the
  /// session is on record and stored before this returns.
  ///
  /// @param call the call that it answers, as far as it is known
  /// @param known whether the call was released in this session, so that only its result is new
  /// @return whether, and how, the model may see it
  /// @throws InterceptorException if it could not be recorded or stored: the model may not see it
  public Inspection.Delivery observe(InterceptedCall call, ObjectNode result, boolean known) {
    Asked asked = asked(call, conversational(call), Proposal.OFFERED, Delivery.NOWHERE);
    requireNoCredential(asked);
    Inspection seen =
        metrics.time(Stage.INSPECT, () -> inspector.inspect(result, asked.plan().resultRules()));
    if (!known || !seen.labels().isEmpty()) {
      taint(asked, seen, known);
    }
    return seen.delivery();
  }

  /// As `observe`, of a result that this session has observed before: its tags are there, and it is
  /// shown as it was then.
  public Inspection.Delivery review(InterceptedCall call, ObjectNode result) {
    var tool = new ToolRef(conversational(call).name(), call.tool());
    PolicySet policy = policies.load(call.principal());
    return metrics.time(
        Stage.INSPECT, () -> inspector.inspect(result, policy.plan(tool).resultRules()).delivery());
  }

  private void taint(Asked asked, Inspection seen, boolean known) {
    PolicySet policy = asked.policy();
    DecisionRequest request = asked.request(Optional.empty());
    SessionStore.Reserved reserved =
        metrics.time(
            Stage.DECIDE,
            () ->
                sessions.decide(
                    asked.session(),
                    policy,
                    List.of(),
                    (state, usage) ->
                        decisions.observe(request, policy, state, seen.labels(), known)));
    if (!reserved.leftATrace()) {
      return;
    }
    DecisionRecord row = asked.row(reserved, shown(asked), TokenId.fresh(random), clock.instant());
    settle(
        permitted(asked, reserved, row).call(),
        OutcomeRecord.Status.COMPLETED,
        Inspection.NOTHING,
        Duration.ZERO);
  }

  private sealed interface Admission {
    record No(Outcome outcome) implements Admission {}

    record Yes(AdmittedCall call) implements Admission {}
  }

  private Admission admit(InterceptedCall intercepted, Delivery delivery) {
    return admit(intercepted, upstreams.find(intercepted.upstream()), Proposal.OFFERED, delivery);
  }

  /// Tools of clients and providers are for conversations alone.
  private Admission proposed(InterceptedCall intercepted, Proposal proposal, Delivery delivery) {
    return admit(intercepted, conversational(intercepted), proposal, delivery);
  }

  ToolServer conversational(InterceptedCall intercepted) {
    return intercepted
        .upstream()
        .flatMap(UnreachedTools::of)
        .orElseGet(() -> upstreams.find(intercepted.upstream()));
  }

  private Admission admit(
      InterceptedCall intercepted, ToolServer server, Proposal proposal, Delivery delivery) {
    Asked asked = asked(intercepted, server, proposal, delivery);
    requireNoCredential(asked);
    try (ApprovalDesk.Claim claim = claim(asked)) {
      return decided(asked, claim);
    }
  }

  private Asked asked(
      InterceptedCall intercepted, ToolServer server, Proposal proposal, Delivery delivery) {
    PolicySet policy = policies.load(intercepted.principal());
    var tool = new ToolRef(server.name(), intercepted.tool());
    return new Asked(
        intercepted,
        server,
        SessionKey.of(intercepted.principal(), intercepted.session()),
        new ToolCall(tool, intercepted.arguments(), intercepted.continuation()),
        delivery,
        policy,
        definition(proposal, server, tool, policy),
        decisionIds.get(),
        clock.instant());
  }

  private Definition definition(
      Proposal proposal, ToolServer server, ToolRef tool, PolicySet policy) {
    return switch (proposal) {
      case UNREADABLE -> new Definition.Unreadable();
      case NOT_OFFERED -> new Definition.NotOffered();
      case OFFERED ->
          policy.mayEverPermit(tool)
              ? pins.verdict(server, tool.name())
              : new Definition.Unlisted();
    };
  }

  /// What the client chose itself and is kept as it is. A listed tool's name is its server's.
  private void requireNoCredential(Asked asked) {
    asked
        .intercepted()
        .session()
        .ifPresent(id -> discretion.requireNoCredential("session id", id.value()));
    if (!asked.isNamedByItsServer()) {
      discretion.requireNoCredential("tool name", asked.intercepted().tool().value());
    }
  }

  /// A tool that never needs an approval costs no question about one.
  private ApprovalDesk.Claim claim(Asked asked) {
    return asked.plan().mayNeedApproval()
        ? metrics.time(Stage.APPROVAL, () -> approvals.claim(asked))
        : ApprovalDesk.Claim.NONE;
  }

  private Admission decided(Asked asked, ApprovalDesk.Claim claim) {
    PolicySet policy = asked.policy();
    DecisionRequest request = asked.request(claim.approval());
    SessionStore.Reserved reserved =
        metrics.time(
            Stage.DECIDE,
            () ->
                sessions.decide(
                    asked.session(),
                    policy,
                    asked.plan().countersRead(asked.at()),
                    (state, usage) ->
                        deliverable(decisions.decide(request, policy, state, usage), asked)));
    DecisionRecord row = asked.row(reserved, shown(asked), TokenId.fresh(random), clock.instant());
    SessionId session = asked.session().session();
    metrics.decided(reserved.decision());
    return switch (reserved.decision()) {
      case Decision.Deny deny -> {
        metrics.time(Stage.RECORD, () -> recordDenial(row));
        yield new Admission.No(new Outcome.Refused(row.decisionId(), session, deny));
      }
      case Decision.RequireApproval demand -> {
        metrics.time(Stage.RECORD, () -> recordDenial(row));
        Optional<ApprovalId> filed =
            metrics.time(Stage.APPROVAL, () -> approvals.file(row, asked, demand));
        yield new Admission.No(
            new Outcome.AwaitingApproval(row.decisionId(), session, demand, filed));
      }
      case Decision.Permit permit -> {
        claim.spendOn(permit);
        yield permitted(asked, reserved, row);
      }
    };
  }

  private Optional<String> shown(Asked asked) {
    return discretion.shown(asked.call(), asked.plan().argumentsRead());
  }

  /// What stands against the call besides the policy: a definition of the tool that nobody has
  /// approved; a result that the policy withholds or redacts and that would not come through here.
  private static Decision deliverable(Decision decision, Asked asked) {
    if (decision instanceof Decision.Deny) {
      return decision;
    }
    return switch (asked.definition()) {
      case Definition.Changed _ -> denied(ReasonCode.TOOL_CHANGED, CHANGED);
      case Definition.Awaiting _ -> denied(ReasonCode.TOOL_CHANGED, AWAITING);
      case Definition.Unlisted _ -> denied(ReasonCode.TOOL_UNKNOWN, UNLISTED);
      case Definition.NotOffered _ -> denied(ReasonCode.TOOL_UNKNOWN, NOT_OFFERED);
      case Definition.Unreadable _ -> denied(ReasonCode.ARGUMENTS_INVALID, UNREADABLE);
      case Definition.Pinned _, Definition.Unreached _ -> inspectable(decision, asked);
      case Definition.ProtocolMethod _ ->
          asked.isExposed()
              ? inspectable(decision, asked)
              : denied(ReasonCode.TOOL_UNKNOWN, UNLISTED);
    };
  }

  private static Decision denied(ReasonCode reason, String message) {
    return new Decision.Deny(reason, List.of(), Optional.of(message));
  }

  private static Decision inspectable(Decision decision, Asked asked) {
    if (asked.delivery() != Delivery.PAST_US || !(decision instanceof Decision.Permit)) {
      return decision;
    }
    List<RuleId> unseen =
        asked.plan().resultRules().stream()
            .filter(rule -> !(rule.action() instanceof ResultAction.AddTaint))
            .map(ResultRule::id)
            .toList();
    return unseen.isEmpty()
        ? decision
        : new Decision.Deny(ReasonCode.RESULT_BLOCKED, unseen, Optional.of(ONLY_THROUGH_US));
  }

  /// What the store forgot before it was on record, another decision may have been made without.
  /// Redis is asked while the token is signed; the token stays here until it has answered.
  private Admission.Yes permitted(Asked asked, SessionStore.Reserved reserved, DecisionRecord row) {
    RecordedPermit recorded = metrics.time(Stage.RECORD, () -> log.recordPermit(row));
    try {
      BooleanSupplier held = sessions.stillHolds(asked.session(), reserved);
      Optional<AuthorizedCall> signed =
          asked.needsToken()
              ? Optional.of(metrics.time(Stage.MINT, () -> signed(recorded, asked)))
              : Optional.empty();
      if (!metrics.time(Stage.RECHECK, held::getAsBoolean)) {
        throw InterceptorException.of(
            ErrorCode.STATE_UNAVAILABLE, "the session was lost before the call was on record");
      }
      return new Admission.Yes(
          new AdmittedCall(
              asked.session(), asked.policy(), asked.server(), reserved, recorded, signed));
    } catch (InterceptorException e) {
      notDelivered(row);
      throw e;
    }
  }

  private AuthorizedCall signed(RecordedPermit recorded, Asked asked) {
    return minter.mint(recorded, asked.call(), asked.server().audience());
  }

  private void notDelivered(DecisionRecord row) {
    log.record(
        new OutcomeRecord(
            row.decisionId(),
            clock.instant(),
            OutcomeRecord.Status.NOT_DELIVERED,
            NOTHING,
            Duration.ZERO));
  }

  private boolean recordDenial(DecisionRecord row) {
    log.recordDenial(row);
    return true;
  }

  private Outcome forward(AdmittedCall call, Caller caller) {
    Caller listening = call.resultRules().isEmpty() ? caller : new WordlessCaller(caller);
    Instant start = clock.instant();
    ToolReply reply =
        metrics.time(Stage.FORWARD, () -> call.server().forward(call.authorized(), listening));
    Duration took = Duration.between(start, clock.instant());
    Inspection seen = metrics.time(Stage.INSPECT, () -> inspected(reply, call));
    SessionId session = call.session().session();
    String id = call.decisionId();
    SortedSet<Label> labels;
    try {
      labels = settle(call, status(reply), seen, took);
    } catch (InterceptorException e) {
      LOG.warn("the answer to decision {} is withheld: {}", call.decisionId(), e.getMessage());
      return new Outcome.Unanswered(call.decisionId(), session, e.code());
    }
    return switch (reply) {
      case ToolReply.Completed _ ->
          answer(call, seen, result -> new Outcome.Answered(id, session, result, labels));
      case ToolReply.InputRequired _ ->
          answer(call, seen, result -> new Outcome.InputRequired(id, session, result));
      case ToolReply.RpcError _ ->
          answer(call, seen, error -> new Outcome.Erred(id, session, error));
      case ToolReply.NotDelivered _ ->
          new Outcome.Unanswered(call.decisionId(), session, ErrorCode.UPSTREAM_UNREACHABLE);
      case ToolReply.Failed failed ->
          new Outcome.Unanswered(call.decisionId(), session, code(failed.fault()));
      case ToolReply.Unknown unknown ->
          new Outcome.Unanswered(call.decisionId(), session, code(unknown.fault()));
    };
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

  private SortedSet<Label> settle(
      AdmittedCall call, OutcomeRecord.Status status, Inspection seen, Duration took) {
    return metrics.time(Stage.SETTLE, () -> settlement.settle(call, status, seen, took));
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

  private static ErrorCode code(ToolReply.Fault fault) {
    return switch (fault) {
      case TIMEOUT -> ErrorCode.UPSTREAM_TIMEOUT;
      case DISCONNECTED, ABANDONED, PROTOCOL, REFUSED -> ErrorCode.UPSTREAM_PROTOCOL;
    };
  }
}
