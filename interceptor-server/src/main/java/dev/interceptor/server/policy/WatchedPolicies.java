package dev.interceptor.server.policy;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.background.Rounds;
import dev.interceptor.server.database.ChangeFeed;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.files.TwoLooks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Policies in files, looked at several times a second.
///
/// A change is taken over when two looks in a row found the same, so that a file that is being
/// written is not read half. Contents are compared, not times: links that are swapped, files that
/// are renamed into place and edits within a clock's tick are all seen.
final class WatchedPolicies implements PolicyStore {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedPolicies.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final ChangeFeed.Topic TOPIC =
      new ChangeFeed.Topic(
          "interceptor_policies",
          "not listening for who has which policy; what is known stays in force");

  private final PolicyFiles files;
  private final Database database;
  private final PolicyVersions versions;
  private final Hearing hearing;
  private final Lock changing = new ReentrantLock();
  private final TwoLooks<PolicyFiles.Look> looks;
  private final Rounds rounds;

  /// Who names which policy; empty until PostgreSQL has said so, and till then nobody is decided.
  private Optional<Map<CustomerId, String>> named = Optional.empty();

  private volatile State state =
      new State(new PolicySnapshot(Map.of(), Map.of(), Optional.empty()), List.of());

  /// Replaced as one, so that a reader sees one state whole.
  private record State(PolicySnapshot snapshot, List<String> held) {}

  private WatchedPolicies(
      PolicyFiles files, PolicyFiles.Look first, Database database, InstantSource clock) {
    this.files = files;
    this.database = database;
    this.versions = PolicyVersions.postgres(database, clock);
    this.hearing = new Hearing(System::nanoTime, SILENCE_BOUND, this::refresh);
    this.looks = new TwoLooks<>(first);
    this.rounds =
        new Rounds("policy-files", BETWEEN_LOOKS, "policy files are looked at", this::look);
  }

  /// @throws InvalidPolicyException if any file cannot be used
  static PolicyStore start(Path path, Database database, InstantSource clock) {
    var files = new PolicyFiles(path);
    PolicyFiles.Look first = files.takeFirst();
    var store = new WatchedPolicies(files, first, database.apart(), clock);
    store.hearing.start(database, TOPIC);
    store.rounds.start();
    return store;
  }

  @Override
  public PolicySet load(Principal principal) {
    return state.snapshot().of(principal.customer());
  }

  @Override
  public Condition condition() {
    State now = state;
    return new Condition(
        !now.snapshot().isEmpty() && hearing.isCurrent(), now.held(), now.snapshot().digests());
  }

  @Override
  public void refresh() {
    changing.lock();
    try {
      named = Optional.of(versions.inForce().named());
      publish();
    } finally {
      changing.unlock();
    }
  }

  private void publish() {
    named.ifPresent(names -> state = new State(files.snapshot(names), files.problems()));
  }

  private void look() {
    looks.settled(files.look()).ifPresent(this::take);
  }

  private void take(PolicyFiles.Look look) {
    changing.lock();
    try {
      files.take(look);
      publish();
      report(files.problems());
    } finally {
      changing.unlock();
    }
  }

  private static void report(List<String> problems) {
    if (problems.isEmpty()) {
      LOG.info("the changed policy files are in force");
      return;
    }
    LOG.error(
        "changed policy files are not put in force, the last good ones stay: {}",
        String.join("; ", problems));
  }

  @Override
  public void close() {
    rounds.close();
    hearing.close();
    database.close();
  }
}
