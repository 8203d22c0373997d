package dev.interceptor.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.fault.Loss;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.session.UnsafeSessionStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A session that has read customer data, and a Redis that forgets it in mid-session.
///
/// The build has each loss a few times. The long run: `-Daudit.losses=100`
final class LostStateIsNeverCleanTest {
  private static final int LOSSES = Integer.getInteger("audit.losses", 2);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static LiveStack stack;
  private static Loss.Store redis;

  @BeforeAll
  static void start() throws Exception {
    stack = LiveStack.impatient();
    redis = new Loss.Store(stack.dev().services(), stack.state().resolve("redis"));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @ParameterizedTest
  @EnumSource
  void aClosedSinkStaysClosedAndCallsGoOn(Loss loss) throws Exception {
    try (Wiring wiring = Wiring.start(stack.config())) {
      URI url = URI.create(wiring.url());
      for (int time = 0; time < LOSSES; time++) {
        String session = taintedSession(url);
        loss.befall(redis);
        RawClient.Reply leak = leak(url, session);
        assertThat(leak.status()).as(leak.body()).isEqualTo(403);
        assertThat(leak.body()).contains("TAINTED");
        assertThat(decided(url, session, "list_customers", "{}").status()).isEqualTo(200);
      }
    }
    assertThat(stack.dev().unrecordedCalls()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aStoreThatBelievesRedisIsCaught(Loss loss) throws Exception {
    UnaryOperator<SessionStore> unsafe =
        sound -> {
          sound.close();
          return new UnsafeSessionStore(stack.config().redis());
        };
    assertThat(leakAfter(loss, unsafe).status()).isEqualTo(200);
  }

  private static RawClient.Reply leakAfter(Loss loss, UnaryOperator<SessionStore> sessions)
      throws Exception {
    try (Wiring wiring = Wiring.start(stack.config(), sessions)) {
      URI url = URI.create(wiring.url());
      String session = taintedSession(url);
      loss.befall(redis);
      return leak(url, session);
    }
  }

  /// There is a copy of Redis's data from before the session was tainted.
  private static String taintedSession(URI url) throws Exception {
    String session = "lost-" + Long.toString(System.nanoTime(), 36);
    assertThat(decided(url, session, "list_customers", "{}").status()).isEqualTo(200);
    redis.snapshot();
    assertThat(decided(url, session, "read_customer", "{\"id\":\"c-1001\"}").status())
        .isEqualTo(200);
    assertThat(leak(url, session).status()).isEqualTo(403);
    return session;
  }

  private static RawClient.Reply leak(URI url, String session) throws Exception {
    return decided(
        url,
        session,
        "send_email",
        "{\"to\":[\"someone@elsewhere.example\"],\"subject\":\"s\",\"body\":\"b\"}");
  }

  /// Calls until the server has its stores again and decides.
  private static RawClient.Reply decided(URI url, String session, String tool, String args)
      throws Exception {
    var last = new AtomicReference<RawClient.Reply>();
    Await.until(
        "a decision",
        PATIENCE,
        () -> {
          RawClient.Reply reply = call(url, session, tool, args);
          last.set(reply);
          return reply.status() != 503 && reply.status() != 500;
        });
    return last.get();
  }

  private static RawClient.Reply call(URI url, String session, String tool, String args)
      throws IOException {
    try (var client = new RawClient(url)) {
      return client.post(
          "/proxy/execute",
          stack.dev().apiKey(),
          "{\"session_id\":\""
              + session
              + "\",\"tool_name\":\""
              + tool
              + "\",\"args\":"
              + args
              + "}");
    }
  }
}
