package dev.interceptor.server.identity;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.live.RunningTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// What the tests of this package share.
final class KeyFixture {
  static final NewKey AGENT = key(Optional.empty());

  private KeyFixture() {}

  static NewKey key(Optional<Duration> lifetime) {
    return new NewKey(new CustomerId("acme"), KeyRole.AGENT, "ci", lifetime);
  }

  static String text(ApiKey key) {
    return new String(key.insecureBytes(), StandardCharsets.US_ASCII);
  }

  static void await(String what, Duration limit, BooleanSupplier condition) {
    long end = RunningTime.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (RunningTime.nanoTime() > end) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      Thread.onSpinWait();
    }
  }
}
