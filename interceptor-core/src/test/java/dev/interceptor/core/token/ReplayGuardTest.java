package dev.interceptor.core.token;

import static dev.interceptor.core.token.Fixtures.KEYS;
import static dev.interceptor.core.token.Fixtures.MAIL;
import static dev.interceptor.core.token.Fixtures.NOW;
import static dev.interceptor.core.token.Fixtures.SEND;
import static dev.interceptor.core.token.Fixtures.expected;
import static dev.interceptor.core.token.Fixtures.minter;
import static dev.interceptor.core.token.Fixtures.permit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.ReplayGuard.Use;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReplayGuardTest {
  private static final int PRESENTERS = 64;
  private static final Instant UNTIL = NOW.plusSeconds(5);

  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final InstantSource clock = now::get;

  @Test
  void ofManyPresentersOfOneTokenExactlyOneIsAccepted() throws Exception {
    TokenVerifier verifier = Fixtures.verifier(clock);
    TokenMinter minter = minter(clock);
    try (ExecutorService threads = Executors.newFixedThreadPool(PRESENTERS)) {
      for (int round = 0; round < 50; round++) {
        String token = minter.mint(permit(SEND), SEND, MAIL).token();
        assertThat(accepts(threads, verifier, token)).isEqualTo(1);
      }
    }
  }

  private static long accepts(ExecutorService threads, TokenVerifier verifier, String token)
      throws InterruptedException, ExecutionException {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Verification>> answers = new ArrayList<>();
    for (int i = 0; i < PRESENTERS; i++) {
      answers.add(
          threads.submit(() -> {
            start.await();
            return verifier.verify(token, expected(SEND));
          }));
    }
    start.countDown();
    long accepts = 0;
    for (Future<Verification> answer : answers) {
      accepts += answer.get() instanceof VerifiedToken ? 1 : 0;
    }
    return accepts;
  }

  @Test
  void ofManyThreadsThatUseTheSameIdsEachIdHasOneFirstUse() throws Exception {
    int ids = 20_000;
    ReplayGuard guard = ReplayGuard.inMemory(ids, clock);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Integer>> counts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(PRESENTERS)) {
      for (int i = 0; i < PRESENTERS; i++) {
        counts.add(
            threads.submit(() -> {
              start.await();
              return firstUses(guard, ids);
            }));
      }
      start.countDown();
      int firstUses = 0;
      for (Future<Integer> count : counts) {
        firstUses += count.get();
      }
      assertThat(firstUses).isEqualTo(ids);
    }
  }

  private static int firstUses(ReplayGuard guard, int ids) {
    int firstUses = 0;
    for (int id = 0; id < ids; id++) {
      firstUses += guard.use("id" + id, NOW, UNTIL) == Use.FIRST_USE ? 1 : 0;
    }
    return firstUses;
  }

  @Test
  void aFullGuardRefusesNewIdsAndStillKnowsTheOld() {
    ReplayGuard guard = ReplayGuard.inMemory(2, clock);
    assertThat(guard.use("a", NOW, UNTIL)).isEqualTo(Use.FIRST_USE);
    assertThat(guard.use("b", NOW, UNTIL)).isEqualTo(Use.FIRST_USE);
    assertThat(guard.use("c", NOW, UNTIL)).isEqualTo(Use.FULL);
    assertThat(guard.use("a", NOW, UNTIL)).isEqualTo(Use.REPLAYED);
    assertThat(guard.use("c", NOW, UNTIL)).isEqualTo(Use.FULL);
  }

  @Test
  void aVerifierWhoseGuardIsFullRefuses() {
    TokenVerifier verifier =
        new TokenVerifier(
            Fixtures.ISSUER, KEYS::find, Duration.ZERO, clock, ReplayGuard.inMemory(1, clock));
    TokenMinter minter = minter(clock);
    String first = minter.mint(permit(SEND), SEND, MAIL).token();
    String second = minter.mint(permit(SEND), SEND, MAIL).token();
    assertThat(verifier.verify(first, expected(SEND))).isInstanceOf(VerifiedToken.class);
    assertThat(verifier.verify(second, expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.REPLAY_GUARD_FULL));
  }

  @Test
  void roomReturnsAtTheInstantAtWhichTokensAreTooOld() {
    ReplayGuard guard = ReplayGuard.inMemory(1, clock);
    assertThat(guard.use("a", NOW, UNTIL)).isEqualTo(Use.FIRST_USE);
    now.set(UNTIL.minusNanos(1));
    assertThat(guard.use("b", NOW, UNTIL.plusSeconds(5))).isEqualTo(Use.FULL);
    now.set(UNTIL);
    assertThat(guard.use("b", NOW, UNTIL.plusSeconds(5))).isEqualTo(Use.FIRST_USE);
  }

  @Test
  void aPartOfASecondIsRememberedToItsEnd() {
    ReplayGuard guard = ReplayGuard.inMemory(1, clock);
    assertThat(guard.use("a", NOW, UNTIL.plusMillis(500))).isEqualTo(Use.FIRST_USE);
    now.set(UNTIL.plusMillis(499));
    assertThat(guard.use("a", NOW, UNTIL.plusMillis(500))).isEqualTo(Use.REPLAYED);
  }

  @Test
  void whatWasForgottenIsNotNewWhenTheClockIsSetBack() {
    ReplayGuard guard = ReplayGuard.inMemory(10, clock);
    assertThat(guard.use("a", NOW, UNTIL)).isEqualTo(Use.FIRST_USE);
    now.set(UNTIL.plusSeconds(1));
    assertThat(guard.use("b", NOW, UNTIL.plusSeconds(9))).isEqualTo(Use.FIRST_USE);
    now.set(NOW);
    assertThat(guard.use("a", NOW, UNTIL)).isEqualTo(Use.REPLAYED);
  }

  @Test
  void whatMayHaveBeenUsedBeforeTheGuardBeganIsNotAFirstUse() {
    ReplayGuard guard = ReplayGuard.inMemory(10, clock);
    assertThat(guard.use("a", NOW.minusNanos(1), UNTIL)).isEqualTo(Use.UNCERTAIN);
    assertThat(guard.use("a", NOW, UNTIL)).isEqualTo(Use.FIRST_USE);
    assertThat(guard.use("a", NOW.minusNanos(1), UNTIL)).isEqualTo(Use.REPLAYED);
  }

  @Test
  void aRestartedVerifierRefusesWhatItMayHaveAccepted() {
    now.set(NOW.plusMillis(300));
    String token = minter(clock).mint(permit(SEND), SEND, MAIL).token();
    assertThat(Fixtures.verifier(clock).verify(token, expected(SEND)))
        .isInstanceOf(VerifiedToken.class);
    TokenVerifier restarted =
        new TokenVerifier(
            Fixtures.ISSUER, KEYS::find, Duration.ZERO, clock, ReplayGuard.inMemory(10, clock));
    assertThat(restarted.verify(token, expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.REPLAY_UNCERTAIN));
    now.set(NOW.plusSeconds(1));
    String later = minter(clock).mint(permit(SEND), SEND, MAIL).token();
    assertThat(restarted.verify(later, expected(SEND))).isInstanceOf(VerifiedToken.class);
  }

  @Test
  void manyGenerationsOfIdsFitOneAfterTheOther() {
    ReplayGuard guard = ReplayGuard.inMemory(1000, clock);
    for (int id = 0; id < 200_000; id++) {
      now.set(NOW.plusMillis(id * 7L));
      assertThat(guard.use("id" + id, NOW, now.get().plusSeconds(5))).isEqualTo(Use.FIRST_USE);
    }
  }
}
