package dev.interceptor.server.policy;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All policies in force at one moment, and who has which. Immutable.
final class PolicySnapshot {
  /// The policy of customers that name none.
  static final String DEFAULT = "default";

  private final Map<String, PolicySet> policies;
  private final Map<CustomerId, String> named;
  private final @Nullable PolicySet unnamed;

  /// @param named customers that name their policy
  /// @param unnamed decides for all others
  PolicySnapshot(
      Map<String, PolicySet> policies, Map<CustomerId, String> named, Optional<PolicySet> unnamed) {
    this.policies = Map.copyOf(policies);
    this.named = Map.copyOf(named);
    this.unnamed = unnamed.orElse(null);
  }

  /// A customer that names a policy is never decided by another one.
  ///
  /// @throws InterceptorException POLICY_UNAVAILABLE
  PolicySet of(CustomerId customer) {
    String name = named.get(customer);
    PolicySet policy = name == null ? unnamed : policies.get(name);
    if (policy == null) {
      throw InterceptorException.of(
          ErrorCode.POLICY_UNAVAILABLE,
          "no policy named `"
              + (name == null ? DEFAULT : name)
              + "` is in force, which customer "
              + customer
              + " needs");
    }
    return policy;
  }

  /// By the policies' names.
  Map<String, Sha256> digests() {
    return policies.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, named -> named.getValue().digest()));
  }

  boolean isEmpty() {
    return policies.isEmpty();
  }
}
