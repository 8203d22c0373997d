package dev.interceptor.server.enforcement;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.approval.Approval;
import dev.interceptor.server.approval.ApprovalBinding;
import dev.interceptor.server.approval.ApprovalDemand;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.Ruling;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A store of approvals with a place for a test to step in.
class OpenedApprovalStore implements ApprovalStore {
  private final ApprovalStore store;

  OpenedApprovalStore(ApprovalStore store) {
    this.store = store;
  }

  @Override
  public Optional<ApprovalId> claim(ApprovalBinding binding, String decisionId, Instant at) {
    return store.claim(binding, decisionId, at);
  }

  @Override
  public void release(ApprovalId id, String decisionId) {
    store.release(id, decisionId);
  }

  @Override
  public Filing file(ApprovalId id, ApprovalBinding binding, ApprovalDemand demand, Instant at) {
    return store.file(id, binding, demand, at);
  }

  @Override
  public List<Approval> list(Scope scope) {
    return store.list(scope);
  }

  @Override
  public Optional<Approval> find(ApprovalId id) {
    return store.find(id);
  }

  @Override
  public Ruled rule(ApprovalId id, Ruling ruling) {
    return store.rule(id, ruling);
  }

  @Override
  public void expire() {
    store.expire();
  }
}
