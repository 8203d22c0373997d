package dev.interceptor.server.approval;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.database.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Requests for a person's approval, and approvals.
///
/// *Guarantees*: there is at most one open approval of a call; an approval is claimed by one
/// decision at a time, over all instances, and one that was used, denied or has expired is never
/// claimed again; the arguments of an approval that has come to an end are erased. *Does not*: mark
/// an approval as used; the decision log does, in the transaction that records the permit.
///
/// Every method throws `InterceptorException` STATE_UNAVAILABLE when PostgreSQL does not answer in
/// time. Safe for use by many threads.
public interface ApprovalStore {
  /// Takes the call's approval, if there is one that is good at that time.
  ///
  /// INVARIANT (AnApprovalIsUsedOnce): nobody else gets it until it is released.
  ///
  /// @param decisionId the decision that is going to be made with it
  Optional<ApprovalId> claim(ApprovalBinding binding, String decisionId, Instant at);

  /// Gives back what the decision did not use. Does nothing unless it holds the claim.
  void release(ApprovalId id, String decisionId);

  /// Files the request of a call that has to wait, or counts it with the open one of the same call.
  ///
  /// @param id names the request if it is a new one
  Filing file(ApprovalId id, ApprovalBinding binding, ApprovalDemand demand, Instant at);

  /// Newest first, at most [#LONGEST_LIST].
  List<Approval> list(Scope scope);

  Optional<Approval> find(ApprovalId id);

  /// Records what a person says. A request is approved or denied; an approval that no call has
  /// taken yet may still be denied.
  Ruled rule(ApprovalId id, Ruling ruling);

  /// Ends what is past its time, and erases its arguments.
  void expire();

  int LONGEST_LIST = 1000;

  /// Which approvals a list shows.
  enum Scope {
    OPEN,
    ALL
  }

  /// What became of a request.
  sealed interface Filing {
    /// @param id the open approval of this call
    record Waiting(ApprovalId id) implements Filing {}

    /// As many requests of the customer wait as may wait.
    record Full() implements Filing {}
  }

  /// What became of a ruling.
  sealed interface Ruled {
    record Done(Approval approval) implements Ruled {}

    /// The approval is not open to this ruling; nothing has changed.
    record Closed(Approval approval) implements Ruled {}

    /// The arguments are too long to be kept, and the ruling does not accept that.
    record NotShown(Approval approval) implements Ruled {}

    record Unknown() implements Ruled {}
  }

  static ApprovalStore postgres(Database database, ApprovalTerms terms, InstantSource clock) {
    return new JooqApprovalStore(database.pool(), terms, clock);
  }
}
