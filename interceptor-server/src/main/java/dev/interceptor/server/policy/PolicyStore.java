package dev.interceptor.server.policy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicySet;
import java.nio.file.Path;

/// The policies in force.
public interface PolicyStore {
  /// The policy that decides this principal's calls, whole: a call is decided by one version.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException POLICY_UNAVAILABLE
  PolicySet load(Principal principal);

  /// One file for every principal, read once.
  ///
  /// @throws InvalidPolicyException with every problem of the file
  static PolicyStore file(Path file) {
    return new FilePolicyStore(file);
  }
}
