package dev.interceptor.server.durability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.BrokenServer;
import dev.interceptor.server.embedded.EmbeddedServices;
import dev.interceptor.server.live.AuditChain;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.ServerProcess;
import dev.interceptor.server.live.ServerProcess.Launch;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The server, and PostgreSQL, killed with SIGKILL under load. The tool server and the agents live
/// on; every token that one of them saw has its permit on record, every decision that an answer
/// named is there, and the log is one chain.
///
/// The build kills a few times. The long run: `-Daudit.kills=50 -Daudit.dbkills=20`
final class KilledUnderLoadTest {
  private static final int SERVER_KILLS = Integer.getInteger("audit.kills", 3);
  private static final int DATABASE_KILLS = Integer.getInteger("audit.dbkills", 2);
  private static final int MOST_KILLS_UNTIL_CAUGHT = 12;
  private static final int CALLERS = 16;
  private static final int CALLS_BETWEEN = 150;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long SEED = 20_261_121;

  private static LiveStack stack;

  private final Random random = new Random(SEED);
  private final AtomicInteger logs = new AtomicInteger();
  private Evidence evidence;
  private long before;

  @BeforeAll
  static void start() throws Exception {
    stack = LiveStack.impatient();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @BeforeEach
  void look() throws Exception {
    evidence = new Evidence(URI.create(stack.dev().toolServerUrl()));
    before = AuditChain.size(stack.config().database());
  }

  @Test
  void noTokenIsSeenWithoutItsPermitWhenTheServerIsKilled() throws Exception {
    var server = new AtomicReference<>(stack.serve(sound()));
    try (Crowd crowd = crowd(server)) {
      for (int kill = 0; kill < SERVER_KILLS; kill++) {
        awaitCalls(crowd);
        killAndReplace(server, sound());
        evidence.collect();
      }
      awaitCalls(crowd);
      judge("server", SERVER_KILLS, crowd);
    } finally {
      server.get().close();
    }
  }

  @Test
  void noTokenIsSeenWithoutItsPermitWhenPostgresIsKilled() throws Exception {
    var server = new AtomicReference<>(stack.serve(sound()));
    try (Crowd crowd = crowd(server)) {
      for (int kill = 0; kill < DATABASE_KILLS; kill++) {
        awaitCalls(crowd);
        killPostgres();
        evidence.collect();
      }
      awaitCalls(crowd);
      judge("PostgreSQL", DATABASE_KILLS, crowd);
    } finally {
      server.get().close();
    }
  }

  @Test
  void aLogThatProvesBeforeItWritesIsCaught() throws Exception {
    var server = new AtomicReference<>(stack.serve(promising()));
    try (Crowd crowd = crowd(server)) {
      long missing = 0;
      for (int kill = 0; missing == 0 && kill < MOST_KILLS_UNTIL_CAUGHT; kill++) {
        awaitCalls(crowd);
        killAndReplace(server, promising());
        evidence.collect();
        evidence.collect(crowd.tokens());
        missing = permitsMissing();
      }
      crowd.finish();
      assertThat(permitsMissing()).isPositive();
    } finally {
      server.get().close();
    }
  }

  private Launch sound() {
    return Launch.serve(stack.config(), stack.log(logs.incrementAndGet()));
  }

  private Launch promising() {
    return new Launch(
        BrokenServer.class,
        List.of(BrokenServer.PROMISING),
        List.of(),
        stack.config(),
        stack.log(logs.incrementAndGet()));
  }

  /// Of a server that was killed; one that lives still writes.
  private long permitsMissing() throws Exception {
    return evidence.tokensWithoutPermit(stack.config().database());
  }

  private Crowd crowd(AtomicReference<ServerProcess> server) {
    return new Crowd(() -> server.get().url(), stack.dev().apiKey()).start(CALLERS);
  }

  /// Until the server is busy again, and to a moment that differs from kill to kill.
  private void awaitCalls(Crowd crowd) throws Exception {
    long enough = crowd.allowed() + CALLS_BETWEEN + random.nextInt(CALLS_BETWEEN);
    Await.until("calls are allowed", PATIENCE, () -> crowd.allowed() >= enough);
  }

  private void killAndReplace(AtomicReference<ServerProcess> server, Launch next) throws Exception {
    server.get().kill();
    server.set(stack.serve(next));
  }

  /// The postmaster first, so that it starts nothing more, then what it has started.
  private void killPostgres() {
    EmbeddedServices services = stack.dev().services();
    ProcessHandle postmaster = ProcessHandle.of(services.postgresPid()).orElseThrow();
    List<ProcessHandle> children = postmaster.descendants().toList();
    postmaster.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    children.forEach(child -> child.onExit().join());
    services.stopPostgres();
    services.startPostgres();
  }

  private void judge(String killed, int kills, Crowd crowd) throws Exception {
    crowd.finish();
    evidence.collect();
    evidence.collect(crowd.tokens());
    long missing = permitsMissing();
    long unanswered = Evidence.decisionsWithoutRow(stack.config().database(), crowd.decisions());
    long rows = AuditChain.check(stack.config().database(), before);
    System.out.printf(
        "%s killed %d times: %d calls, %d answered with a decision, %d tokens seen, %d without a"
            + " permit on record; %d rows in one chain%n",
        killed, kills, crowd.sent(), crowd.decisions().size(), evidence.tokens(), missing, rows);
    assertThat(evidence.tokens()).isGreaterThan(kills * CALLS_BETWEEN);
    assertThat(missing).as("tokens without a permit").isZero();
    assertThat(unanswered).as("answers without a row").isZero();
  }
}
