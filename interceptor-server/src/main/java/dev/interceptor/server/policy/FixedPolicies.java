package dev.interceptor.server.policy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicySet;
import java.util.List;

/// Policies that never change.
record FixedPolicies(PolicySnapshot snapshot) implements PolicyStore {
  @Override
  public PolicySet load(Principal principal) {
    return snapshot.of(principal.customer());
  }

  @Override
  public Condition condition() {
    return new Condition(!snapshot.isEmpty(), List.of(), snapshot.digests());
  }

  @Override
  public void refresh() {}

  @Override
  public void close() {}
}
