package dev.interceptor.server.policy;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.database.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/// The policies in PostgreSQL: every version that was ever applied, and which are in force.
///
/// *Guarantees*: a change is made whole or not at all, is durable when the method returns, and
/// every instance is told; a version never changes, and going back adds one. *Does not*: decide
/// which of them a running server has taken over ([PolicyStore] does). Every method throws
/// `InterceptorException` STATE_UNAVAILABLE when PostgreSQL does not answer in time. Safe for use
/// by many threads.
public interface PolicyVersions {
  /// The versions in force, by name.
  List<PolicyVersion> heads();

  /// All versions of a policy, the newest first; empty for an unknown name.
  List<PolicyVersion> history(String name);

  /// The text that a version was applied with.
  Optional<String> source(String name, int version);

  /// Puts all policies of a text in force, in one transaction. One that says what is in force
  /// already stays as it is.
  ///
  /// @throws IllegalArgumentException if the change means one policy and the text holds several
  Applied apply(PolicyText text, PolicyChange change);

  /// What is in force and who has which, as of one instant.
  InForce inForce();

  /// @param named customers whose policy is not the default one
  record InForce(List<PolicyVersion> heads, Map<CustomerId, String> named) {
    public InForce {
      heads = List.copyOf(heads);
      named = Map.copyOf(named);
    }
  }

  /// What became of a change.
  sealed interface Applied {
    /// @param entries in the order of the text
    record Done(List<Entry> entries) implements Applied {
      public Done {
        entries = List.copyOf(entries);
      }
    }

    /// Nothing was changed: another version is in force than the one that was expected.
    ///
    /// @param inForce 0 for none
    record OtherVersion(String name, int inForce) implements Applied {}

    /// Nothing was changed: these customers do not exist.
    record UnknownCustomers(List<CustomerId> ids) implements Applied {
      public UnknownCustomers {
        ids = List.copyOf(ids);
      }
    }
  }

  /// A policy after a change.
  record Entry(PolicyVersion version, Effect effect) {}

  /// Whether a change made a new version.
  enum Effect {
    APPLIED,
    UNCHANGED
  }

  /// Policies in PostgreSQL, for the request path.
  static PolicyVersions postgres(Database database, InstantSource clock) {
    return postgres(database.pool(), clock);
  }

  /// Policies in PostgreSQL, over connections of the caller's choice.
  static PolicyVersions postgres(DataSource database, InstantSource clock) {
    return new JooqPolicyVersions(database, clock);
  }
}
