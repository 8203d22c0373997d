package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.ReplayGuard.Use;
import dev.interceptor.guard.RedisReplayGuard.Settings;
import io.lettuce.core.KillArgs;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RedisReplayGuardTest extends ReplayGuardContract {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private RedisServer redis;
  private RedisReplayGuard guard;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
    guard = RedisReplayGuard.connect(patient());
  }

  @AfterEach
  void stop() throws Exception {
    guard.close();
    redis.close();
  }

  /// A machine that stands still for a moment is no fault.
  private Settings patient() {
    return new Settings(redis.url(), Settings.of(redis.url()).prefix(), PATIENCE);
  }

  @Override
  ReplayGuard guard() {
    return guard;
  }

  @Override
  void fill() {
    redis.fill();
  }

  @Test
  void guardsOfSeveralServersShareTheirMemory() {
    try (var other = RedisReplayGuard.connect(patient())) {
      assertThat(guard.use("a", from, until)).isEqualTo(Use.FIRST_USE);
      assertThat(other.use("a", from, until)).isEqualTo(Use.REPLAYED);
    }
  }

  @Test
  void guardsWithOtherPrefixesDoNot() {
    var settings = new Settings(redis.url(), "another", PATIENCE);
    try (var other = RedisReplayGuard.connect(settings)) {
      assertThat(guard.use("a", from, until)).isEqualTo(Use.FIRST_USE);
      assertThat(other.use("a", from, until)).isEqualTo(Use.FIRST_USE);
    }
  }

  @Test
  void aGuardThatJoinsALivingMemoryTrustsIt() {
    Instant since = Instant.now();
    try (var first = RedisReplayGuard.connect(patient())) {
      assertThat(first.use("a", since.plusSeconds(1), until)).isEqualTo(Use.FIRST_USE);
    }
    try (var joining = RedisReplayGuard.connect(patient(), () -> since.plusSeconds(60))) {
      assertThat(joining.use("a", since.plusSeconds(1), until)).isEqualTo(Use.REPLAYED);
      assertThat(joining.use("b", since.plusSeconds(1), until)).isEqualTo(Use.FIRST_USE);
    }
  }

  @Test
  void anIdIsKeptFourSecondsLongerThanItsToken() {
    Instant end = Instant.now().plusSeconds(9);
    assertThat(guard.use("a", from, end)).isEqualTo(Use.FIRST_USE);
    redis.say(commands -> {
      Instant before = Instant.now();
      long left = commands.pttl("interceptor:replay:id:a");
      assertThat(before.plusMillis(left)).isBetween(end.plusSeconds(3), end.plusSeconds(5));
    });
  }

  enum Loss {
    FLUSHED,
    RESTARTED_EMPTY,
    RESTARTED_WITH_OLD_DATA
  }

  /// The control is `TwoVerifiersOneRedisTest`: a guard without the key beside the ids accepts
  /// twice.
  @ParameterizedTest
  @EnumSource
  void whatWasUsedBeforeALossIsNotUsedAgain(Loss loss) throws Exception {
    Instant before = Instant.now().plusMillis(100);
    Await.until("a token's life begins", PATIENCE, () -> Instant.now().isAfter(before));
    assertThat(guard.use("a", before, until)).isEqualTo(Use.FIRST_USE);
    switch (loss) {
      case FLUSHED -> redis.say(commands -> commands.flushall());
      case RESTARTED_EMPTY -> {
        redis.say(commands -> commands.flushall());
        redis.kill();
        redis.startAgain();
      }
      case RESTARTED_WITH_OLD_DATA -> {
        redis.kill();
        redis.startAgain();
      }
    }
    Await.until("it is back", PATIENCE, () -> answers("b", before) != null);
    Use again = guard.use("a", before, until);
    assertThat(again)
        .isEqualTo(loss == Loss.RESTARTED_WITH_OLD_DATA ? Use.REPLAYED : Use.UNCERTAIN);
    assertThat(guard.use("c", before, until)).isEqualTo(Use.UNCERTAIN);
    assertThat(guard.use("c", from, until)).isEqualTo(Use.FIRST_USE);
    assertThat(guard.use("c", from, until)).isEqualTo(Use.REPLAYED);
  }

  private @Nullable Use answers(String id, Instant begin) {
    try {
      return guard.use(id, begin, until);
    } catch (IllegalStateException e) {
      return null;
    }
  }

  @Test
  void whileRedisIsGoneEveryUseFailsAtOnce() throws Exception {
    redis.kill();
    for (int i = 0; i < 1000; i++) {
      assertThatIllegalStateException().isThrownBy(() -> guard.use("a", from, until));
    }
    redis.startAgain();
    Await.until("it is back", PATIENCE, () -> answers("a", from) == Use.FIRST_USE);
  }

  @Test
  void whileRedisIsFrozenNobodyWaitsLongerThanTheTimeout() throws Exception {
    guard.close();
    guard = RedisReplayGuard.connect(Settings.of(redis.url()));
    redis.freeze();
    long start = RunningTime.nanoTime();
    List<Future<Boolean>> refused = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        String id = "frozen" + i;
        refused.add(threads.submit(() -> answers(id, from) == null));
      }
      for (Future<Boolean> answer : refused) {
        assertThat(answer.get()).isTrue();
      }
    }
    for (int i = 0; i < 1000; i++) {
      assertThatIllegalStateException().isThrownBy(() -> guard.use("a", from, until));
    }
    assertThat(RunningTime.since(start)).isLessThan(Duration.ofSeconds(3));
    redis.thaw();
    Await.until("it is back", PATIENCE, () -> answers("a", from) == Use.FIRST_USE);
  }

  @Test
  void roomThatReturnsIsUsed() {
    redis.fill();
    assertThat(guard.use("a", from, until)).isEqualTo(Use.FULL);
    redis.makeRoom();
    assertThat(guard.use("a", from, until)).isEqualTo(Use.FIRST_USE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-lru", "volatile-ttl"})
  void aRedisThatMayEvictIsRefused(String policy) {
    redis.say(commands -> {
      commands.configSet("maxmemory", "100mb");
      commands.configSet("maxmemory-policy", policy);
    });
    assertThatIllegalStateException()
        .isThrownBy(() -> RedisReplayGuard.connect(patient()))
        .withMessageContaining("`maxmemory-policy` to `noeviction` (it is `" + policy + "`)");
    redis.say(commands -> commands.configSet("maxmemory", "0"));
    RedisReplayGuard.connect(patient()).close();
  }

  @Test
  void aRedisThatMayEvictIsRefusedAfterAReconnectToo() throws Exception {
    redis.say(commands -> {
      commands.configSet("maxmemory", "100mb");
      commands.configSet("maxmemory-policy", "allkeys-lru");
      commands.clientKill(KillArgs.Builder.typeNormal().skipme());
    });
    Await.until(
        "it is refused",
        PATIENCE,
        () -> {
          try {
            Use unused = guard.use("a", from, until);
            return false;
          } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage()).contains("noeviction");
          }
        });
  }

  @Test
  void aReplicaIsRefused() throws Exception {
    try (RedisServer primary = RedisServer.start()) {
      int port = URI.create(primary.url()).getPort();
      redis.say(commands -> commands.replicaof("127.0.0.1", port));
      assertThatIllegalStateException()
          .isThrownBy(() -> RedisReplayGuard.connect(patient()))
          .withMessageContaining("name its primary");
      assertThatIllegalStateException().isThrownBy(() -> guard.use("a", from, until));
    }
  }

  @Test
  void anIdentityThatChangesUnderLivingConnectionsIsLearntAnew() throws Exception {
    assertThat(guard.use("a", from, until)).isEqualTo(Use.FIRST_USE);
    try (RedisServer replica = RedisServer.start()) {
      // Its first replica gives a primary another replication id and drops no client.
      int port = URI.create(redis.url()).getPort();
      replica.say(commands -> commands.replicaof("127.0.0.1", port));
      AtomicBoolean follows = new AtomicBoolean();
      Await.until(
          "the replica follows",
          PATIENCE,
          () -> {
            replica.say(commands ->
                follows.set(commands.info("replication").contains("master_link_status:up")));
            return follows.get();
          });
      try (var other = RedisReplayGuard.connect(patient())) {
        Await.until("it is learnt", PATIENCE, () -> answers("b", Instant.now()) == Use.FIRST_USE);
        for (int i = 0; i < 20; i++) {
          assertThat(guard.use("one" + i, Instant.now(), until)).isEqualTo(Use.FIRST_USE);
          assertThat(other.use("two" + i, Instant.now(), until)).isEqualTo(Use.FIRST_USE);
        }
      }
    }
  }

  @Test
  void aKeyOfAnotherKindIsAFailureAndNoUse() {
    redis.say(commands -> commands.del("interceptor:replay:since"));
    redis.say(commands -> commands.lpush("interceptor:replay:since", "x"));
    assertThatIllegalStateException().isThrownBy(() -> guard.use("a", from, until));
  }

  @Test
  void aPasswordIsInNoMessage() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisReplayGuard.connect(Settings.of("redis://:se cret@127.0.0.1:1")))
        .withMessageNotContaining("cret");
    assertThat(Settings.of("redis://:secret@127.0.0.1:1").toString()).doesNotContain("secret");
  }
}
