package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonNumber;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class AuthenticationLogTest {
  private static final Principal ACME =
      new Principal(new CustomerId("acme"), new ApiKeyId("abcd1234"));
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_000));

  private final List<LogEntry> written = Collections.synchronizedList(new ArrayList<>());
  private final AtomicBoolean full = new AtomicBoolean();
  private final AuthenticationLog log =
      new AuthenticationLog(entry -> !full.get() && written.add(entry), CLOCK, Duration.ofDays(1));

  private List<String> lines() {
    return written.stream().map(AuthenticationLogTest::line).toList();
  }

  private static String line(LogEntry entry) {
    return String.join(
        " ",
        entry.text("outcome").orElseThrow(),
        entry.text("reason").orElse("-"),
        entry.text("key_id").orElse("-"),
        entry.text("client_ip").orElse("-"),
        entry.text("entry_point").orElseThrow(),
        Long.toString(times(entry)));
  }

  private static long times(LogEntry entry) {
    return (long) ((JsonNumber) entry.members().member("times").orElseThrow()).value();
  }

  private long counted() {
    return written.stream().mapToLong(AuthenticationLogTest::times).sum();
  }

  @Test
  void theFirstIsWrittenAtOnceAndRepetitionsAtTheEndOfTheWindow() {
    for (int i = 0; i < 5; i++) {
      log.accepted(ACME, "127.0.0.1", "proxy");
    }
    log.rejected("revoked", Optional.of(ACME), "127.0.0.1", "proxy");
    log.rejected("unknown", Optional.empty(), "127.0.0.1", "mcp");
    List<String> first =
        List.of(
            "accepted - abcd1234 127.0.0.1 proxy 1",
            "rejected revoked abcd1234 127.0.0.1 proxy 1",
            "rejected unknown - 127.0.0.1 mcp 1");
    assertThat(lines()).isEqualTo(first);
    log.write();
    assertThat(lines()).hasSize(4).endsWith("accepted - abcd1234 127.0.0.1 proxy 4");
  }

  @Test
  void whatDidNotRepeatInAWindowIsAFirstOneAgain() {
    log.accepted(ACME, "127.0.0.1", "proxy");
    log.write();
    log.accepted(ACME, "127.0.0.1", "proxy");
    assertThat(lines()).hasSize(2).allMatch(line -> line.endsWith(" 1"));
  }

  @Test
  void strangersFillTheLogNoMoreThanSoMuch() {
    for (int i = 0; i < 100_000; i++) {
      log.rejected("unknown", Optional.empty(), "2001:db8::" + Integer.toHexString(i), "proxy");
    }
    log.accepted(ACME, "127.0.0.1", "proxy");
    log.write();
    assertThat(written).hasSize(AuthenticationLog.MOST_STRANGE + 3);
    assertThat(lines()).contains("accepted - abcd1234 127.0.0.1 proxy 1");
    assertThat(lines().getLast())
        .isEqualTo("rejected unknown - - proxy " + (99_999 - AuthenticationLog.MOST_STRANGE));
    assertThat(counted()).isEqualTo(100_001);
  }

  @Test
  void whatTheLogHasNoRoomForWaits() {
    full.set(true);
    for (int i = 0; i < 5; i++) {
      log.accepted(ACME, "127.0.0.1", "proxy");
    }
    log.write();
    assertThat(written).isEmpty();
    full.set(false);
    log.close();
    assertThat(lines()).containsExactly("accepted - abcd1234 127.0.0.1 proxy 5");
  }

  @Test
  void noneIsLostOrCountedTwiceBetweenThreadsAndWindows() throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 8; t++) {
      var random = new Random(t);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 20_000; i++) {
                  log.rejected("unknown", Optional.empty(), "10.0.0." + random.nextInt(40), "mcp");
                }
              }));
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      full.set(!full.get());
      log.write();
      Thread.onSpinWait();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    full.set(false);
    log.close();
    assertThat(counted()).isEqualTo(160_000);
  }
}
