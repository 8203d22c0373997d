package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.background.Rounds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// Puts on record by which policies an instance decides and with which key it signs: at its start
/// and whenever that changes. Files change without a command that could be recorded.
public final class InForceNotes {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final DecisionLog log;
  private final String instance;
  private final Supplier<Map<String, Sha256>> policies;
  private final Supplier<Optional<String>> signingKey;
  private final InstantSource clock;

  /// What the log has taken. Known to the rounds only, as is the next one.
  private final Map<String, Sha256> notedPolicies = new HashMap<>();

  private Optional<String> notedKey = Optional.empty();

  private InForceNotes(
      DecisionLog log,
      String instance,
      Supplier<Map<String, Sha256>> policies,
      Supplier<Optional<String>> signingKey,
      InstantSource clock) {
    this.log = log;
    this.instance = instance;
    this.policies = policies;
    this.signingKey = signingKey;
    this.clock = clock;
  }

  /// @param instance tells this instance from others
  /// @param policies digests by name
  /// @param signingKey its `kid`
  public static Rounds start(
      DecisionLog log,
      String instance,
      Supplier<Map<String, Sha256>> policies,
      Supplier<Optional<String>> signingKey,
      InstantSource clock) {
    var notes = new InForceNotes(log, instance, policies, signingKey, clock);
    var rounds = new Rounds("in-force-notes", INTERVAL, "what is in force is noted", notes::look);
    rounds.startAtOnce();
    return rounds;
  }

  private void look() {
    lookAtPolicies(policies.get());
    lookAtKey(signingKey.get());
  }

  private void lookAtPolicies(Map<String, Sha256> now) {
    now.forEach((name, digest) -> {
      if (!Objects.equals(digest, notedPolicies.get(name))
          && log.note(
              entry(LogEntry.Kind.POLICY, "policy.in_force", name)
                  .text("policy_digest", digest.hex())
                  .build())) {
        notedPolicies.put(name, digest);
      }
    });
    notedPolicies
        .keySet()
        .removeIf(name ->
            !now.containsKey(name)
                && log.note(entry(LogEntry.Kind.POLICY, "policy.not_in_force", name).build()));
  }

  private void lookAtKey(Optional<String> key) {
    if (key.isPresent()
        && !key.equals(notedKey)
        && log.note(entry(LogEntry.Kind.ADMIN, "signing_key.in_use", key.get()).build())) {
      notedKey = key;
    }
  }

  private LogEntry.Builder entry(LogEntry.Kind kind, String action, String target) {
    return LogEntry.of(kind, clock.instant())
        .text("action", action)
        .text("actor", "instance " + instance)
        .text("target", target);
  }
}
