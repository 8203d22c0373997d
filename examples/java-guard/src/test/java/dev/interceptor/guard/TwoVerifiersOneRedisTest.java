package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.guard.UnsafeReplayGuard.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two verifier processes with 64 threads each share one Redis; every thread presents every token.
/// The long run is `-Dreplay.tokens=20000`.
@Timeout(3600)
class TwoVerifiersOneRedisTest {
  private static final int TOKENS = Integer.getInteger("replay.tokens", 100);

  /// As many as two busy cores present 128 times each while they are good.
  private static final int BATCH = 250;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Issuer issuer = new Issuer(InstantSource.system(), Duration.ofSeconds(60));
  private final List<VerifierProcess> verifiers = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private RedisServer redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    verifiers.forEach(VerifierProcess::close);
    threads.shutdownNow();
    redis.close();
  }

  private void startVerifiers(String... fault) throws Exception {
    for (int i = 0; i < 2; i++) {
      String[] arguments = fault.length == 0 ? new String[1] : new String[] {"", fault[0]};
      arguments[0] = redis.url();
      verifiers.add(new VerifierProcess(issuer.keys().toJson(), arguments));
    }
    awaitAcceptance();
  }

  private void awaitAcceptance() throws Exception {
    for (VerifierProcess verifier : verifiers) {
      Await.until("tokens are accepted", PATIENCE, () -> accepts(verifier));
    }
  }

  private boolean accepts(VerifierProcess verifier) throws Exception {
    var accepted = new AtomicInteger();
    verifier.present(tokens(1), index -> accepted.incrementAndGet());
    return accepted.get() > 0;
  }

  private List<String> tokens(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> issuer.token(VerifierMain.HERE, VerifierMain.TOOL, "{}"))
        .toList();
  }

  /// Something that happens while tokens are presented.
  private interface Event {
    void happen() throws Exception;
  }

  /// @param event happens when 20 tokens have been accepted
  /// @return how often each token was accepted by either process
  private int[] presented(List<String> tokens, Event event) throws Exception {
    var counts = new AtomicIntegerArray(tokens.size());
    var accepted = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    for (VerifierProcess verifier : verifiers) {
      running.add(
          threads.submit(() -> {
            verifier.present(
                tokens,
                index -> {
                  counts.incrementAndGet(index);
                  if (accepted.incrementAndGet() == 20) {
                    try {
                      event.happen();
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  }
                });
            return null;
          }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    return IntStream.range(0, tokens.size()).map(counts::get).toArray();
  }

  private int[] presented(List<String> tokens) throws Exception {
    return presented(tokens, () -> {});
  }

  @Test
  void exactlyOnePresentationOfEachTokenIsAccepted() throws Exception {
    startVerifiers();
    long start = System.nanoTime();
    for (int done = 0; done < TOKENS; done += BATCH) {
      int[] counts = presented(tokens(Math.min(BATCH, TOKENS - done)));
      assertThat(counts).containsOnly(1);
    }
    System.out.printf(
        "%d tokens, 128 presentations each, in %d s%n",
        TOKENS, Duration.ofNanos(System.nanoTime() - start).toSeconds());
  }

  private static int most(int[] counts) {
    return IntStream.of(counts).max().orElse(0);
  }

  private static int[] sums(int[] some, int[] others) {
    return IntStream.range(0, some.length).map(i -> some[i] + others[i]).toArray();
  }

  enum Trouble {
    FLUSHED,
    STOPPED,
    FROZEN,
    FULL
  }

  @ParameterizedTest
  @EnumSource
  void troubleMeanwhileLetsNothingInTwiceAndNothingInWhileItLasts(Trouble trouble)
      throws Exception {
    startVerifiers();
    List<String> tokens = tokens(40);
    int[] counts = presented(tokens, () -> begin(trouble));
    assertThat(most(counts)).isLessThanOrEqualTo(1);
    assertThat(IntStream.of(counts).sum()).isGreaterThanOrEqualTo(20);
    assertThat(presented(tokens)).containsOnly(0);
    if (trouble != Trouble.FLUSHED) {
      assertThat(presented(tokens(5))).containsOnly(0);
    }
    end(trouble);
    awaitAcceptance();
    int[] again = presented(tokens);
    assertThat(most(sums(counts, again))).isLessThanOrEqualTo(1);
    assertThat(presented(tokens(20))).containsOnly(1);
  }

  private void begin(Trouble trouble) throws Exception {
    switch (trouble) {
      case FLUSHED -> redis.say(commands -> commands.flushall());
      case STOPPED -> redis.kill();
      case FROZEN -> redis.freeze();
      case FULL -> redis.fill();
    }
  }

  private void end(Trouble trouble) throws Exception {
    switch (trouble) {
      case FLUSHED -> {}
      case STOPPED -> redis.startAgain();
      case FROZEN -> redis.thaw();
      case FULL -> redis.makeRoom();
    }
  }

  @Test
  void aGuardThatReadsAndThenWritesIsCaught() throws Exception {
    startVerifiers(Fault.READS_THEN_WRITES.name());
    assertThat(most(presented(tokens(40)))).isGreaterThan(1);
  }

  @Test
  void aGuardThatForgetsIsCaught() throws Exception {
    startVerifiers(Fault.FORGETS.name());
    List<String> tokens = tokens(40);
    int[] counts = presented(tokens);
    begin(Trouble.FLUSHED);
    int[] again = presented(tokens);
    assertThat(most(sums(counts, again))).isGreaterThan(1);
  }
}
