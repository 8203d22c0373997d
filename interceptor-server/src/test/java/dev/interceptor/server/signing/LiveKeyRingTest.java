package dev.interceptor.server.signing;

import static dev.interceptor.server.signing.KeyFixture.LIFETIME;
import static dev.interceptor.server.signing.KeyFixture.NOW;
import static dev.interceptor.server.signing.KeyFixture.ONE;
import static dev.interceptor.server.signing.KeyFixture.TWO;
import static dev.interceptor.server.signing.KeyFixture.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The looks are scripted and the clocks stand still unless a test moves them.
final class LiveKeyRingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final AtomicReference<Instant> day = new AtomicReference<>(NOW);
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicReference<LiveKeyRing.Looker> looker =
      new AtomicReference<>(() -> keys(ONE, List.of()));
  private final LiveKeyRing ring =
      new LiveKeyRing(
          () -> {
            LiveKeyRing.Looker now = looker.get();
            try {
              return now.look();
            } finally {
              looks.incrementAndGet();
            }
          },
          LIFETIME,
          day::get,
          nanos::get);

  @AfterEach
  void stop() {
    ring.close();
  }

  private static StoredKeys keys(SigningKey signing, List<StoredKeys.Predecessor> predecessors) {
    return new StoredKeys(signing, NOW.minusSeconds(60), predecessors);
  }

  private static StoredKeys.Predecessor stopped(SigningKey key, Instant at) {
    return new StoredKeys.Predecessor(key.publicKey(), Optional.of(at));
  }

  private void pass(Duration time) {
    day.updateAndGet(now -> now.plus(time));
    nanos.addAndGet(time.toNanos());
  }

  /// Lets looks that began before now come to their end.
  private void afterNewLooks() throws Exception {
    int before = looks.get();
    Await.until("two more looks", PATIENCE, () -> looks.get() >= before + 2);
  }

  private void fails() {
    looker.set(() -> {
      throw KeyFile.unusable("`a.pem` is open to others");
    });
  }

  @Test
  void aNewKeySignsSoon() throws Exception {
    ring.start();
    assertThat(ring.get().active().kid()).isEqualTo(ONE.kid());
    looker.set(() -> keys(TWO, List.of(stopped(ONE, NOW))));
    Await.until("the new key", PATIENCE, () -> ring.get().active().kid().equals(TWO.kid()));
    assertThat(ring.get().find(ONE.kid())).isPresent();
  }

  @Test
  void whatIsPublishedWasLookedAtAfterTheRequest() {
    ring.start();
    for (int n = 0; n < 10; n++) {
      SigningKey next = n % 2 == 0 ? TWO : ONE;
      looker.set(() -> keys(next, List.of()));
      assertThat(ring.published().keys().keys()).containsExactly(next.publicKey());
    }
  }

  @Test
  void theLastGoodKeysAreUsedForTenSecondsAndNotLonger() throws Exception {
    ring.start();
    fails();
    afterNewLooks();
    pass(Duration.ofSeconds(10));
    assertThat(ring.get().active().kid()).isEqualTo(ONE.kid());
    assertThat(ring.isUsable()).isTrue();
    assertThat(ring.fault()).hasValueSatisfying(fault -> assertThat(fault).contains("a.pem"));
    pass(Duration.ofNanos(1));
    assertThat(ring.isUsable()).isFalse();
    assertUnavailable(ring::get, "a.pem");
    assertUnavailable(ring::published, "a.pem");

    looker.set(() -> keys(TWO, List.of()));
    Await.until("keys again", PATIENCE, ring::isUsable);
    assertThat(ring.get().active().kid()).isEqualTo(TWO.kid());
    assertThat(ring.fault()).isEmpty();
  }

  @Test
  void whatCannotBeLookedAtNowIsNotPublished() {
    ring.start();
    fails();
    assertUnavailable(ring::published, "a.pem");
    assertThat(ring.get().active().kid()).isEqualTo(ONE.kid());
    looker.set(() -> keys(TWO, List.of()));
    assertThat(ring.published().keys().keys()).containsExactly(TWO.publicKey());
  }

  @Test
  void anErrorIsAFaultAndTheNextLookFollows() {
    ring.start();
    looker.set(() -> {
      throw new LinkageError("a class is missing");
    });
    assertUnavailable(ring::published, "cannot be read");
    assertThat(ring.fault()).hasValueSatisfying(fault -> assertThat(fault).contains("missing"));
    assertThat(ring.get().active().kid()).isEqualTo(ONE.kid());
    looker.set(() -> keys(TWO, List.of()));
    assertThat(ring.published().keys().keys()).containsExactly(TWO.publicKey());
    assertThat(ring.fault()).isEmpty();
  }

  @Test
  void eitherClockAloneEndsTheTenSeconds() throws Exception {
    ring.start();
    fails();
    afterNewLooks();
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());
    assertThat(ring.isUsable()).isFalse();
    nanos.set(0);
    assertThat(ring.isUsable()).isTrue();
    day.set(NOW.plusSeconds(11));
    assertThat(ring.isUsable()).isFalse();
  }

  @Test
  void aLookThatHangsHoldsUpNobodyAndEndsSigningAfterTenSeconds() throws Exception {
    ring.start();
    var release = new CountDownLatch(1);
    var hanging = new CountDownLatch(1);
    looker.set(() -> {
      hanging.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return keys(TWO, List.of());
    });
    hanging.await();
    assertUnavailable(ring::published, "does not end");
    assertThat(ring.get().active().kid()).isEqualTo(ONE.kid());
    pass(Duration.ofSeconds(11));
    assertUnavailable(ring::get, "does not end");
    assertUnavailable(ring::published, "does not end");
    release.countDown();
    looker.set(() -> keys(TWO, List.of()));
    Await.until("keys again", PATIENCE, ring::isUsable);
  }

  @Test
  void aPredecessorLeavesAtItsTimeAndNobodyRemembersItLonger() {
    looker.set(() -> keys(TWO, List.of(stopped(ONE, NOW))));
    ring.start();
    pass(WINDOW.minusSeconds(12).minusMillis(300));
    assertThat(ring.published())
        .satisfies(set -> assertThat(set.keys().keys()).hasSize(2))
        .satisfies(set -> assertThat(set.maxAge()).isEqualTo(Duration.ofSeconds(12)));
    pass(Duration.ofSeconds(12));
    assertThat(ring.published().maxAge()).isEqualTo(Duration.ofSeconds(1));
    assertThat(ring.published().keys().keys()).hasSize(2);
    pass(Duration.ofMillis(300));
    assertThat(ring.published().keys().keys()).containsExactly(TWO.publicKey());
    assertThat(ring.published().maxAge()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void withoutAKeyNothingStarts() {
    fails();
    assertUnavailable(ring::start, "a.pem");
  }

  private static void assertUnavailable(ThrowingCallable call, String detail) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InterceptorException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SIGNING_UNAVAILABLE))
        .hasMessageContaining(detail);
  }
}
