package dev.interceptor.server.policy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.database.ChangeFeed;
import dev.interceptor.server.database.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The policies in PostgreSQL, compiled in memory and replaced whole when PostgreSQL says that
/// something changed.
final class StoredPolicies implements PolicyStore {
  private static final Logger LOG = LoggerFactory.getLogger(StoredPolicies.class);

  static final ChangeFeed.Topic TOPIC =
      new ChangeFeed.Topic(
          "interceptor_policies",
          "not listening for changes of policies; the last ones stay in force");

  private final Database database;
  private final PolicyVersions versions;
  private final Hearing hearing;
  private final Lock reloading = new ReentrantLock();
  private Map<String, Loaded> loaded = Map.of();
  private volatile State state =
      new State(new PolicySnapshot(Map.of(), Map.of(), Optional.empty()), List.of());

  /// Replaced as one, so that a reader sees one state whole.
  private record State(PolicySnapshot snapshot, List<String> held) {}

  /// What became of the version of a policy that was last looked at.
  ///
  /// @param policy the last good one, which is of an older version if there are problems
  private record Loaded(int version, Optional<PolicySet> policy, List<String> problems) {}

  private StoredPolicies(Database database, InstantSource clock, LongSupplier nanoTime) {
    this.database = database;
    this.versions = PolicyVersions.postgres(database, clock);
    this.hearing = new Hearing(nanoTime, SILENCE_BOUND, this::refresh);
  }

  /// Loads what is in force if PostgreSQL answers, else in the background, over a connection of its
  /// own: a busy request path does not delay a change.
  ///
  /// @param nanoTime a clock that only moves forward, such as `System::nanoTime`
  static PolicyStore start(Database database, InstantSource clock, LongSupplier nanoTime) {
    var store = new StoredPolicies(database.apart(), clock, nanoTime);
    store.hearing.start(database, TOPIC);
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

  // INVARIANT (OneVersionPerCall): what was read later is put in force later, and the reader takes
  // the whole map with one read.
  @Override
  public void refresh() {
    reloading.lock();
    try {
      PolicyVersions.InForce inForce = versions.inForce();
      Map<String, PolicyText.Reading> texts = new HashMap<>();
      Map<String, Loaded> now = new HashMap<>();
      for (PolicyVersion head : inForce.heads()) {
        Loaded before =
            loaded.getOrDefault(head.name(), new Loaded(0, Optional.empty(), List.of()));
        now.put(
            head.name(), before.version() == head.version() ? before : load(head, before, texts));
      }
      loaded = now;
      state = new State(snapshot(now, inForce), held(now));
    } finally {
      reloading.unlock();
    }
  }

  private Loaded load(PolicyVersion head, Loaded before, Map<String, PolicyText.Reading> texts) {
    return switch (read(head.name(), head.version(), texts)) {
      case PolicyText.Reading.Good good -> taken(head, good.text());
      case PolicyText.Reading.Bad bad ->
          kept(
              head,
              lastGood(head, before, texts),
              bad.problems().stream().map(PolicyProblem::toString).toList());
    };
  }

  private PolicyText.Reading read(String name, int version, Map<String, PolicyText.Reading> texts) {
    String label = name + " version " + version;
    String source = versions.source(name, version).orElse("");
    PolicyText.Reading reading =
        texts.computeIfAbsent(source, text -> PolicyText.read(text, label));
    return reading instanceof PolicyText.Reading.Good good && good.text().policy(name).isEmpty()
        ? new PolicyText.Reading.Bad(
            List.of(new PolicyProblem(label, 1, 1, "the text holds no policy of that name")))
        : reading;
  }

  /// What stays in force instead of a version that does not load: the newest good one of those that
  /// were in force since the one that this instance has, which may have been too short to be seen.
  /// So all instances stay with the same one. An instance that has none takes none: an older policy
  /// comes back only when somebody says so.
  private Optional<PolicySet> lastGood(
      PolicyVersion head, Loaded before, Map<String, PolicyText.Reading> texts) {
    if (before.policy().isEmpty()) {
      return Optional.empty();
    }
    for (int version = head.version() - 1; version > before.version(); version--) {
      if (read(head.name(), version, texts) instanceof PolicyText.Reading.Good good) {
        return good.text().policy(head.name());
      }
    }
    return before.policy();
  }

  private static Loaded taken(PolicyVersion head, PolicyText text) {
    PolicySet policy = text.policy(head.name()).orElseThrow();
    text.warnings().forEach(warning -> LOG.warn("{}", warning));
    LOG.info("policy {} version {} is in force, {}", head.name(), head.version(), policy.digest());
    if (!policy.digest().equals(head.digest())) {
      LOG.warn(
          "policy {} version {} was applied by another release, which gave it another digest: {};"
              + " apply it again",
          head.name(),
          head.version(),
          head.digest());
    }
    return new Loaded(head.version(), Optional.of(policy), List.of());
  }

  private static Loaded kept(
      PolicyVersion head, Optional<PolicySet> lastGood, List<String> problems) {
    LOG.error(
        "policy {} version {} is not put in force, {}: {}",
        head.name(),
        head.version(),
        lastGood.isPresent() ? "the last good one stays" : "and there is none before it",
        String.join("; ", problems));
    return new Loaded(head.version(), lastGood, problems);
  }

  private static PolicySnapshot snapshot(
      Map<String, Loaded> loaded, PolicyVersions.InForce inForce) {
    Map<String, PolicySet> policies = new HashMap<>();
    loaded.forEach((name, one) -> one.policy().ifPresent(policy -> policies.put(name, policy)));
    return new PolicySnapshot(
        policies, inForce.named(), Optional.ofNullable(policies.get(PolicySnapshot.DEFAULT)));
  }

  private static List<String> held(Map<String, Loaded> loaded) {
    List<String> held = new ArrayList<>();
    loaded.values().forEach(one -> held.addAll(one.problems()));
    held.sort(String::compareTo);
    return held;
  }

  @Override
  public void close() {
    hearing.close();
    database.close();
  }
}
