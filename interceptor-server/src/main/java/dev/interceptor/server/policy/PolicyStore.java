package dev.interceptor.server.policy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.database.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// The policies in force.
///
/// *Guarantees*: [#load] does no I/O and never waits; a text that does not load never replaces one
/// that did. Safe for use by many threads. *Does not*: go back to an older version by itself, or
/// decide for a customer by a policy that it does not name.
public interface PolicyStore extends AutoCloseable {
  /// For how long a store may not have heard from PostgreSQL and still be ready.
  Duration SILENCE_BOUND = Duration.ofSeconds(5);

  /// The policy that decides this principal's calls, whole: a call is decided by one version.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException POLICY_UNAVAILABLE
  PolicySet load(Principal principal);

  /// How the store is.
  Condition condition();

  /// Takes over now what was changed before this call; afterwards this instance decides by it.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE
  void refresh();

  @Override
  void close();

  /// @param usable whether some policy is in force and changes of it would be heard of
  /// @param held what was not taken over, one line each with its place; the last good is kept
  /// @param inForce the digests of the policies that decide, by name
  record Condition(boolean usable, List<String> held, Map<String, Sha256> inForce) {
    public Condition {
      held = List.copyOf(held);
      inForce = Map.copyOf(inForce);
    }
  }

  /// Policies in PostgreSQL. Before one is applied nothing is permitted.
  static PolicyStore stored(Database database, InstantSource clock) {
    return StoredPolicies.start(database, clock, System::nanoTime);
  }

  /// The policies of a file or of the files in a folder, watched; who has which comes from
  /// PostgreSQL.
  ///
  /// @throws InvalidPolicyException with every problem of the files as they are now
  static PolicyStore watching(Path path, Database database, InstantSource clock) {
    return WatchedPolicies.start(path, database, clock);
  }

  /// One file for every principal, read once.
  ///
  /// @throws InvalidPolicyException with every problem of the file
  static PolicyStore file(Path file) {
    return new FixedPolicies(PolicyFiles.read(file));
  }
}
