package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.enforcement.AdmissionDesk.Admission;
import dev.interceptor.server.enforcement.AdmissionDesk.AdmittedCall;
import dev.interceptor.server.enforcement.Asked.Delivery;
import dev.interceptor.server.enforcement.SessionDecisions.Decided;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Inspection;
import dev.interceptor.server.guard.ResultInspector;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import dev.interceptor.server.upstream.Caller;
import dev.interceptor.server.upstream.ToolServers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Decides a call, records the decision, signs what was permitted, forwards it and settles what
/// came back.
///
/// The order is held by types, and each step takes what the one before it returns: `CallLookup`
/// gives an `Asked`, `SessionDecisions` make it a `Decided`, `AdmissionDesk` an `AdmittedCall`, and
/// `Forwarding` and `Settlement` take nothing else. In the desk the log alone turns a permit into a
/// `RecordedPermit`, the minter alone turns that into an `AuthorizedCall`, and a `ToolServer` takes
/// nothing else. Any failure on the way is an exception and forwards nothing.
public final class EnforcementPoint {
  private final CallLookup lookup;
  private final ApprovalDesk approvals;
  private final SessionDecisions decisions;
  private final AdmissionDesk admissions;
  private final ResultInspector inspector;
  private final Settlement settlement;
  private final Forwarding forwarding;
  private final FlowMetrics metrics;

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
    this.lookup = new CallLookup(policies, upstreams, pins, discretion, decisionIds, clock);
    this.approvals = new ApprovalDesk(approvals, metrics);
    this.decisions = new SessionDecisions(sessions, discretion, metrics, clock, random);
    this.admissions = new AdmissionDesk(sessions, log, this.approvals, minter, metrics, clock);
    this.inspector = ResultInspector.standard();
    this.settlement = new Settlement(sessions, log, metrics, clock, minter.lifetime());
    this.forwarding = new Forwarding(inspector, settlement, metrics, clock);
    this.metrics = metrics;
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
    return switch (admit(lookup.call(intercepted, Delivery.THROUGH_US))) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> forwarding.forward(yes.call(), caller);
    };
  }

  /// Decides and signs; the caller sends the call itself.
  ///
  /// @throws InterceptorException if no decision could be reached, recorded, signed or stored
  public Outcome authorize(InterceptedCall intercepted) {
    return issued(admit(lookup.call(intercepted, Delivery.PAST_US)));
  }

  private Outcome issued(Admission admission) {
    return switch (admission) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> {
        AdmittedCall call = yes.call();
        settlement.settle(
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
        admit(lookup.proposed(intercepted, proposal, Delivery.IN_CONVERSATION)),
        OutcomeRecord.Status.ISSUED);
  }

  /// As `release`, with a token for the client; a call whose result would have to be looked at is
  /// denied, as by `authorize`.
  public Outcome releaseSigned(InterceptedCall intercepted, Proposal proposal) {
    return issued(admit(lookup.proposed(intercepted, proposal, Delivery.PAST_US)));
  }

  /// Decides and puts on record something that sends nothing by itself.
  ///
  /// @throws InterceptorException if no decision could be reached or recorded
  public Outcome note(InterceptedCall intercepted) {
    return noted(admit(lookup.call(intercepted, Delivery.NOWHERE)), OutcomeRecord.Status.COMPLETED);
  }

  private Outcome noted(Admission admission, OutcomeRecord.Status status) {
    return switch (admission) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> {
        AdmittedCall call = yes.call();
        settlement.settle(call, status, Inspection.NOTHING, Duration.ZERO);
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
    Asked asked = lookup.proposed(call, Proposal.OFFERED, Delivery.NOWHERE);
    Inspection seen =
        metrics.time(Stage.INSPECT, () -> inspector.inspect(result, asked.plan().resultRules()));
    if (!known || !seen.labels().isEmpty()) {
      decisions.observe(asked, seen.labels(), known).ifPresent(this::taken);
    }
    return seen.delivery();
  }

  private void taken(Decided observed) {
    if (!(noted(admissions.admit(observed), OutcomeRecord.Status.COMPLETED)
        instanceof Outcome.Noted)) {
      throw new IllegalStateException("a result that has come cannot be refused");
    }
  }

  /// As `observe`, of a result that this session has observed before: its tags are there, and it is
  /// shown as it was then.
  public Inspection.Delivery review(InterceptedCall call, ObjectNode result) {
    List<ResultRule> rules = lookup.resultRules(call);
    return metrics.time(Stage.INSPECT, () -> inspector.inspect(result, rules).delivery());
  }

  private Admission admit(Asked asked) {
    try (ApprovalDesk.Claim claim = approvals.claim(asked)) {
      return admissions.admit(decisions.decide(asked, claim));
    }
  }
}
