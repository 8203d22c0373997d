package dev.interceptor.server.signing;

import dev.interceptor.core.token.KeyRing;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.VerificationKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The keys that lay in files at one moment: the one that signs, and its predecessors, the latest
/// first. Immutable.
///
/// @param since when the signing key was put there
public record StoredKeys(SigningKey signing, Instant since, List<Predecessor> predecessors) {
  /// How long an instance may sign with a key that another one no longer sees.
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /// How far the clocks of the hosts and of the file system may be apart.
  static final Duration CLOCKS_APART = Duration.ofSeconds(2);

  private static final Duration LEEWAY = Duration.ofSeconds(2);

  public StoredKeys {
    predecessors = List.copyOf(predecessors);
  }

  /// A key that signs no more, or is about to.
  ///
  /// @param stopped when it stopped; empty for one that is published as long as it is listed
  public record Predecessor(VerificationKey key, Optional<Instant> stopped) {
    /// The first instant at which it is no longer published.
    public Optional<Instant> leavesAt(Duration window) {
      return stopped.map(at -> at.plus(window));
    }

    /// Whether it is published, and its last tokens may be good.
    public boolean isPublished(Instant now, Duration window) {
      return leavesAt(window).map(now::isBefore).orElse(true);
    }
  }

  /// How long after its last signature was due a key's tokens may be good: the time in which an
  /// instance may still sign with it, a token's life, and the longest leeway of a verifier.
  public static Duration window(Duration tokenLifetime) {
    return LONGEST_SILENCE.plus(tokenLifetime).plus(LEEWAY);
  }

  /// What is wrong with the signing key's time, if it lies in the future.
  public Optional<String> warning(Instant now) {
    return since.isAfter(now.plus(CLOCKS_APART))
        ? Optional.of(
            "the time of the key that signs, `%s`, is %d s in the future; see that the clocks of all hosts and of the file system agree"
                .formatted(signing.kid(), Duration.between(now, since).toSeconds()))
        : Optional.empty();
  }

  /// What signs and what is published.
  public KeyRing ring(Instant now, Duration window) {
    return KeyRing.of(
        signing,
        predecessors.stream()
            .filter(predecessor -> predecessor.isPublished(now, window))
            .map(Predecessor::key)
            .toList());
  }

  /// When the next key leaves the published ones.
  public Optional<Instant> nextLeave(Instant now, Duration window) {
    return predecessors.stream()
        .flatMap(predecessor -> predecessor.leavesAt(window).stream())
        .filter(now::isBefore)
        .min(Comparator.naturalOrder());
  }
}
