package dev.interceptor.server.identity;

import dev.interceptor.core.identity.CustomerId;
import java.time.Duration;
import java.util.Optional;

/// A request for an API key.
///
/// @param label the operator's note, at most 200 characters
/// @param lifetime how long the key is good; empty for one that does not expire
public record NewKey(CustomerId customer, KeyRole role, String label, Optional<Duration> lifetime) {
  private static final int LONGEST_LABEL = 200;

  /// @throws IllegalArgumentException if the label is too long or the lifetime is not positive
  public NewKey {
    if (label.length() > LONGEST_LABEL) {
      throw new IllegalArgumentException("a key's label is at most 200 characters");
    }
    if (label.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a key's label has no control characters");
    }
    if (lifetime.isPresent() && !lifetime.get().isPositive()) {
      throw new IllegalArgumentException("a key's lifetime must be positive");
    }
  }
}
