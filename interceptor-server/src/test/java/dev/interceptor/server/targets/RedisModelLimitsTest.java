package dev.interceptor.server.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.session.RedisSettings;
import dev.interceptor.server.targets.Admission.Admitted;
import dev.interceptor.server.targets.Admission.Bound;
import dev.interceptor.server.targets.Admission.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RedisModelLimitsTest {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Renewed every third of it: a machine may stand still for the other two.
  private static final Duration RENEWED = Duration.ofSeconds(5);

  private static final Limits TWO_AT_ONCE = new Limits(0, 0, 2);

  /// A token a day: what is in the bucket is all there is while a test runs.
  private static final Limits THREE_A_DAY = new Limits(1.0 / 86_400, 3, 0);

  private final List<ModelLimits> instances = new ArrayList<>();
  private final ModelLimits limits = instance(ModelLimits.LEASE);

  private ModelLimits instance(Duration lease) {
    return instance(TestServices.shared().redisUri().toString(), lease);
  }

  private ModelLimits instance(String url, Duration lease) {
    var settings =
        new RedisSettings(url, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(1));
    ModelLimits instance = ModelLimits.redis(settings, lease, "i" + NAMES.incrementAndGet());
    instances.add(instance);
    return instance;
  }

  @AfterEach
  void close() {
    instances.forEach(ModelLimits::close);
  }

  private static Scope scope(Scope.Kind kind, Limits bounds) {
    return new Scope(kind, "n" + NAMES.incrementAndGet(), bounds);
  }

  private static Permit admitted(Admission admission) {
    assertThat(admission).isInstanceOf(Admitted.class);
    return ((Admitted) admission).permit();
  }

  private static Refused refused(Admission admission) {
    assertThat(admission).isInstanceOf(Refused.class);
    return (Refused) admission;
  }

  @Test
  void roomIsTakenUntilItIsGivenBack() {
    List<Scope> scopes = List.of(scope(Scope.Kind.KEY, TWO_AT_ONCE));
    Permit first = admitted(limits.take(scopes));
    try (Permit _ = admitted(limits.take(scopes))) {
      Refused refused = refused(limits.take(scopes));
      assertThat(refused.bound()).isEqualTo(Bound.CONCURRENCY);
      assertThat(refused.scope()).isEqualTo(scopes.getFirst());
      assertThat(refused.error().status()).isEqualTo(429);
      assertThat(refused.error().headers()).containsEntry("retry-after", "1");
      first.close();
      first.close();
      admitted(limits.take(scopes)).close();
      try (Permit _ = admitted(limits.take(scopes))) {
        assertThat(refused(limits.take(scopes)).bound()).isEqualTo(Bound.CONCURRENCY);
      }
    }
  }

  @Test
  void aBucketGivesItsBurstAndTellsWhenTheNextIsThere() {
    List<Scope> scopes = List.of(scope(Scope.Kind.KEY, THREE_A_DAY));
    for (int i = 0; i < 3; i++) {
      admitted(limits.take(scopes)).close();
    }
    Refused refused = refused(limits.take(scopes));
    assertThat(refused.bound()).isEqualTo(Bound.RATE);
    assertThat(refused.retryAfter())
        .isBetween(Duration.ofHours(23), Duration.ofHours(24).plusSeconds(1));
    long seconds = Long.parseLong(refused.error().headers().getOrDefault("retry-after", "0"));
    assertThat(seconds).isEqualTo((refused.retryAfter().toMillis() + 999) / 1000);
  }

  @Test
  void aBucketFillsAgain() throws Exception {
    List<Scope> scopes = List.of(scope(Scope.Kind.KEY, new Limits(20, 1, 0)));
    admitted(limits.take(scopes)).close();
    var _ = Await.until("the next token", PATIENCE, () -> limits.take(scopes) instanceof Admitted);
  }

  @Test
  void ofSeveralScopesAllAreTakenOrNone() {
    Scope key = scope(Scope.Kind.KEY, THREE_A_DAY);
    Scope roomy = scope(Scope.Kind.MODEL, TWO_AT_ONCE);
    Scope narrow = scope(Scope.Kind.PROVIDER, new Limits(0, 0, 1));
    try (Permit _ = admitted(limits.take(List.of(narrow)))) {
      for (int i = 0; i < 5; i++) {
        assertThat(refused(limits.take(List.of(key, roomy, narrow))).scope()).isEqualTo(narrow);
      }
    }
    for (int i = 0; i < 3; i++) {
      admitted(limits.take(List.of(key, roomy, narrow))).close();
    }
    assertThat(refused(limits.take(List.of(key, roomy, narrow))).scope()).isEqualTo(key);
    admitted(limits.take(List.of(roomy, narrow))).close();
  }

  @Test
  void limitsAreSharedByInstances() {
    List<Scope> scopes = List.of(scope(Scope.Kind.KEY, new Limits(0, 0, 1)));
    ModelLimits other = instance(ModelLimits.LEASE);
    try (Permit _ = admitted(limits.take(scopes))) {
      var _ = refused(other.take(scopes));
    }
  }

  @Test
  void theRoomOfAKilledInstanceIsFreeAfterItsLease() throws Exception {
    List<Scope> scopes = List.of(scope(Scope.Kind.KEY, new Limits(0, 0, 1)));
    ModelLimits killed = instance(RENEWED);
    var _ = admitted(killed.take(scopes));
    var _ = refused(limits.take(scopes));
    killed.close();
    var _ = Await.until("the lease's end", PATIENCE, () -> limits.take(scopes) instanceof Admitted);
  }

  @Test
  void aLeaseIsRenewedWhileItsRequestRuns() throws Exception {
    List<Scope> scopes = List.of(scope(Scope.Kind.KEY, new Limits(0, 0, 1)));
    List<Scope> clock = List.of(scope(Scope.Kind.KEY, new Limits(0, 0, 1)));
    ModelLimits running = instance(RENEWED);
    ModelLimits killed = instance(RENEWED.multipliedBy(3).dividedBy(2));
    var _ = admitted(killed.take(clock));
    try (Permit _ = admitted(running.take(scopes))) {
      killed.close();
      var _ =
          Await.until(
              "one and a half leases' time",
              PATIENCE,
              () -> {
                var _ = refused(limits.take(scopes));
                return limits.take(clock) instanceof Admitted;
              });
    }
  }

  @Test
  void withoutRedisOnlyWhatHasNoLimitsIsAdmitted() {
    ModelLimits deaf = instance("redis://127.0.0.1:1", ModelLimits.LEASE);
    admitted(deaf.take(List.of(scope(Scope.Kind.KEY, Limits.NONE)))).close();
    assertThatThrownBy(() -> deaf.take(List.of(scope(Scope.Kind.KEY, TWO_AT_ONCE))))
        .isInstanceOfSatisfying(
            InterceptorException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
  }

  @Test
  void racingInstancesNeverExceedTheRoomAndLeakNone() throws Exception {
    int room = 5;
    List<Scope> scopes =
        List.of(
            scope(Scope.Kind.KEY, new Limits(0, 0, room)),
            scope(Scope.Kind.MODEL, new Limits(0, 0, room + 2)));
    List<Scope> wide = List.of(scope(Scope.Kind.KEY, new Limits(0, 0, 1000)));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger passed = new AtomicInteger();
    race(takes -> {
      if (takes.take(scopes) instanceof Admitted(Permit permit)) {
        try (permit) {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          passed.incrementAndGet();
          admitted(takes.take(wide)).close();
          inside.decrementAndGet();
        }
      }
    });
    assertThat(most.get()).isBetween(1, room);
    assertThat(passed.get()).isGreaterThan(room);

    List<Permit> all = new ArrayList<>();
    var _ =
        Await.until(
            "all room is free again",
            PATIENCE,
            () -> {
              if (limits.take(scopes) instanceof Admitted(Permit permit)) {
                all.add(permit);
              }
              return all.size() == room;
            });
    assertThat(refused(limits.take(scopes)).scope()).isEqualTo(scopes.getFirst());
  }

  @Test
  void racingInstancesTakeNoMoreThanTheBucketHolds() throws Exception {
    List<Scope> scopes = List.of(scope(Scope.Kind.KEY, new Limits(1.0 / 86_400, 40, 0)));
    AtomicInteger passed = new AtomicInteger();
    race(takes -> {
      if (takes.take(scopes) instanceof Admitted) {
        passed.incrementAndGet();
      }
    });
    assertThat(passed.get()).isEqualTo(40);
  }

  private interface Contender {
    void run(ModelLimits limits);
  }

  /// Four instances with eight threads each, all at once, twenty rounds.
  private void race(Contender contender) throws InterruptedException, ExecutionException {
    CountDownLatch start = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ModelLimits instance = instance(ModelLimits.LEASE);
        for (int j = 0; j < 8; j++) {
          runs.add(
              threads.submit(() -> {
                start.await();
                for (int round = 0; round < 20; round++) {
                  contender.run(instance);
                }
                return null;
              }));
        }
      }
      start.countDown();
      for (Future<?> run : runs) {
        run.get();
      }
    }
  }
}
