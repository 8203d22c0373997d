package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerTest {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final InstantSource clock = now::get;
  private final CircuitBreaker breaker = new CircuitBreaker(clock, 3, PAUSE);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(breaker.admits()).isTrue();
      breaker.failed();
    }
  }

  @Test
  void failuresInARowOpenIt() {
    fail(3);
    assertThat(breaker.admits()).isFalse();
  }

  @Test
  void aSuccessInBetweenStartsTheCountAgain() {
    fail(2);
    breaker.succeeded();
    fail(2);
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void afterThePauseThereIsOneTry() {
    fail(3);
    now.set(Instant.EPOCH.plus(PAUSE).minusNanos(1));
    assertThat(breaker.admits()).isFalse();
    now.set(Instant.EPOCH.plus(PAUSE));
    assertThat(breaker.admits()).isTrue();
    assertThat(breaker.admits()).isFalse();
  }

  @Test
  void aTryThatFailsOpensItForAnotherPause() {
    fail(3);
    now.set(Instant.EPOCH.plus(PAUSE));
    fail(1);
    assertThat(breaker.admits()).isFalse();
    now.set(Instant.EPOCH.plus(PAUSE.multipliedBy(2)));
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void aTryThatSucceedsClosesIt() {
    fail(3);
    now.set(Instant.EPOCH.plus(PAUSE));
    assertThat(breaker.admits()).isTrue();
    assertThat(breaker.succeeded()).isTrue();
    fail(2);
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void aTryThatTellsNothingMakesRoomForAnother() {
    fail(3);
    now.set(Instant.EPOCH.plus(PAUSE));
    assertThat(breaker.admits()).isTrue();
    breaker.toldNothing();
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void aFailureThatComesLateDoesNotProlongIt() {
    fail(3);
    now.set(Instant.EPOCH.plus(Duration.ofSeconds(4)));
    breaker.failed();
    now.set(Instant.EPOCH.plus(PAUSE));
    assertThat(breaker.admits()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"503", "broken", "nonsense"})
  void aServerThatFailsRepeatedlyIsLeftAloneAndTriedAgain(String how) throws IOException {
    AtomicBoolean well = new AtomicBoolean();
    Script failing =
        (request, wire) -> {
          if (well.get()) {
            wire.result(request, "{\"content\":[]}");
          } else if (how.equals("503")) {
            wire.error(request, 503, -32603);
          } else if (how.equals("broken")) {
            wire.hangUp();
          } else {
            wire.json(200, "nonsense");
          }
        };
    try (var server = ScriptedServer.modern(failing);
        ToolServer client =
            ToolServer.open(UpstreamConfig.of(new UpstreamName("up"), server.url()), clock)) {
      AuthorizedCalls calls = AuthorizedCalls.create();
      for (int i = 0; i < GuardedChannel.FAILURES; i++) {
        assertThat(client.forward(calls.to(client, "t", "{}")))
            .isNotInstanceOf(ToolReply.NotDelivered.class);
      }
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.NotDelivered.class);
      assertThat(server.received("tools/call")).hasSize(GuardedChannel.FAILURES);
      well.set(true);
      now.set(now.get().plus(GuardedChannel.PAUSE));
      for (int i = 0; i < 2; i++) {
        assertThat(client.forward(calls.to(client, "t", "{}")))
            .isInstanceOf(ToolReply.Completed.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 401, 404})
  void aServerThatRefusesIsNotLeftAlone(int status) throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.error(r, status, -32602));
        ToolServer client = Clients.of(server)) {
      AuthorizedCalls calls = AuthorizedCalls.create();
      for (int i = 0; i < 8; i++) {
        client.forward(calls.to(client, "t", "{}"));
      }
      assertThat(server.received("tools/call")).hasSize(8);
    }
  }
}
