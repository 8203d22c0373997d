package dev.interceptor.server.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.MalformedKeyException;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.ServerProcess;
import dev.interceptor.server.signing.StoredKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Two server processes on one directory of keys, rotated every 2 s under load, every fifth time by
/// the command, and two tool servers that fetch their key set from both in turn: one for agents,
/// and one for a thief, whose unknown keys make other calls with new keys wait.
///
/// The build rotates for 20 s. The long run: `mvn -pl interceptor-server -am test
/// -Dtest=RotationUnderLoadTest -Dsurefire.failIfNoSpecifiedTests=false -Drotation.seconds=300`
final class RotationUnderLoadTest {
  private static final Duration RUN =
      Duration.ofSeconds(Integer.getInteger("rotation.seconds", 20));
  private static final Duration CONTROL_RUN = Duration.ofSeconds(6);
  private static final Duration BETWEEN_ROTATIONS = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int JUDGED = 10;

  /// The window, up to 1 s more for the file's whole seconds, and 1 s of a set in a verifier's
  /// memory.
  private static final Duration BOUND = StoredKeys.window(RotationStack.LIFETIME).plusSeconds(2);

  @Test
  void noGoodTokenIsRefusedAndNoRetiredKeyIsAcceptedAfterItsWindow() throws Exception {
    try (var stack = RotationStack.start(UnaryOperator.identity());
        var tools = new ToolCalls(stack.toolServer());
        var stolen = new ToolCalls(stack.otherToolServer())) {
      List<Long> pids = pids(stack);
      var thief = new Thief(stolen, stack.otherToolServer(), BOUND);
      Traffic traffic = start(stack, tools);
      int rotations;
      try {
        rotations = rotate(stack, thief, RUN);
        Await.until("retired keys are over", PATIENCE, () -> thief.judged() >= JUDGED);
      } finally {
        traffic.stop();
        thief.stop();
      }
      System.out.printf(
          "%d rotations; %s; %d fetches of the key set; of stolen keys %d accepted in time,"
              + " %d judged, %d accepted too late%n",
          rotations,
          traffic.answers(),
          stack.fetches(),
          thief.acceptedInTime(),
          thief.judged(),
          thief.acceptedTooLate().size());

      assertThat(traffic.refused()).isEmpty();
      assertThat(traffic.answers()).containsKeys("execute 200", "authorize 200", "used");
      assertThat(thief.acceptedTooLate()).isEmpty();
      assertThat(thief.acceptedInTime()).as("stolen keys do work at first").isPositive();
      assertThat(pids(stack)).isEqualTo(pids);
      assertThat(published(stack))
          .allSatisfy(set -> assertThat(set).contains(stack.signing().kid()));
    }
  }

  @Test
  void aSetThatDropsThePredecessorAtOnceIsCaught() throws Exception {
    try (var stack = RotationStack.start(RotationUnderLoadTest::withoutPredecessors);
        var tools = new ToolCalls(stack.toolServer());
        var stolen = new ToolCalls(stack.otherToolServer())) {
      var thief = new Thief(stolen, stack.otherToolServer(), BOUND);
      Traffic traffic = start(stack, tools);
      try {
        var _ = rotate(stack, thief, CONTROL_RUN);
      } finally {
        traffic.stop();
        thief.stop();
      }
      assertThat(traffic.refused()).contains("UNKNOWN_KEY");
    }
  }

  private static byte[] withoutPredecessors(byte[] set) {
    try {
      JwkSet signing = JwkSet.of(JwkSet.parse(set).keys().subList(0, 1));
      return signing.toJson().getBytes(StandardCharsets.UTF_8);
    } catch (MalformedKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns when calls pass.
  private static Traffic start(RotationStack stack, ToolCalls tools) throws Exception {
    try (var client = new RawClient(stack.urls().getFirst())) {
      Await.until(
          "a first call",
          PATIENCE,
          () ->
              client
                      .post(
                          "/proxy/execute",
                          stack.apiKey(),
                          "{\"session_id\":\"first\",\"tool_name\":\"list_customers\"}")
                      .status()
                  == 200);
    }
    Traffic traffic = Traffic.start(stack.urls(), stack.apiKey(), tools);
    Await.until("load", PATIENCE, () -> traffic.count() > 50);
    return traffic;
  }

  /// @return how often
  private static int rotate(RotationStack stack, Thief thief, Duration run) throws Exception {
    long start = System.nanoTime();
    int rotations = 0;
    while (System.nanoTime() - start < run.toNanos()) {
      SigningKey old = stack.signing();
      String next = rotations % 5 == 4 ? stack.rotateByCommand() : stack.rotate();
      thief.keep(old, Instant.now());
      rotations++;
      assertThat(published(stack)).allSatisfy(set -> assertThat(set).contains(next, old.kid()));
      long due = start + rotations * BETWEEN_ROTATIONS.toNanos();
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
    return rotations;
  }

  /// What each server publishes now.
  static List<String> published(RotationStack stack) throws Exception {
    var sets = new java.util.ArrayList<String>();
    for (ServerProcess server : stack.servers()) {
      try (var client = new RawClient(server.url())) {
        var set = new AtomicReference<RawClient.Reply>();
        Await.until(
            "the keys are read",
            PATIENCE,
            () -> {
              set.set(client.get(KeyRelay.PATH, ""));
              return set.get().status() == 200;
            });
        sets.add(set.get().body());
      }
    }
    return sets;
  }

  private static List<Long> pids(RotationStack stack) {
    return stack.servers().stream()
        .map(ServerProcess::pid)
        .filter(pid -> ProcessHandle.of(pid).isPresent())
        .toList();
  }
}
