package dev.interceptor.server.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.live.ServerProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two server processes on one PostgreSQL: a key is revoked through the one's admin API and refused
/// there from the acknowledgement on, and by the other one within a second of it.
final class RevokedKeysAreRefusedTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEYS = 200;
  private static final int CALLERS = 4;
  private static final Duration BOUND = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static LiveStack stack;
  private static ServerProcess one;
  private static ServerProcess other;

  @BeforeAll
  static void start() throws Exception {
    stack = LiveStack.start();
    one = stack.serve();
    other = stack.serve();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private record Key(String id, String text) {}

  @Test
  void noRevokedKeyIsAcceptedAfterTheAcknowledgement() throws Exception {
    List<Key> keys = createKeys(KEYS);
    Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    var acceptedAfter = new AtomicLong();
    var calls = new AtomicLong();
    var done = new AtomicBoolean();
    Duration longest = Duration.ZERO;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var admin = new RawClient(one.adminUrl());
        var here = new RawClient(one.url());
        var there = new RawClient(other.url());
        AutoCloseable _ = () -> done.set(true)) {
      var callers = new ArrayList<Future<?>>();
      for (int caller = 0; caller < CALLERS; caller++) {
        int first = caller * KEYS / CALLERS;
        callers.add(
            threads.submit(() -> {
              try (var client = new RawClient(one.url())) {
                for (int n = first; !done.get(); n++) {
                  Key key = keys.get(n % KEYS);
                  RawClient.Reply reply = client.get("/proxy/tools", key.text());
                  calls.incrementAndGet();
                  long from = acknowledged.getOrDefault(key.id(), Long.MAX_VALUE);
                  if (reply.sentAt() > from && reply.status() != 401) {
                    acceptedAfter.incrementAndGet();
                  }
                }
              }
              return true;
            }));
      }
      for (Key key : keys) {
        Await.until("accepted there", PATIENCE, () -> accepts(there, key));
        RawClient.Reply revoked =
            admin.delete("/admin/api/v1/keys/" + key.id(), stack.dev().adminKey());
        assertThat(revoked.status()).as(revoked.body()).isEqualTo(200);
        acknowledged.put(key.id(), revoked.doneAt());

        assertThat(here.get("/proxy/tools", key.text()).status()).isEqualTo(401);
        Duration lag = lag(there, key, revoked.doneAt());
        longest = lag.compareTo(longest) > 0 ? lag : longest;
      }
      done.set(true);
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
    System.out.printf(
        "%d keys revoked under %d calls; accepted after the acknowledgement: %d; longest lag elsewhere %s%n",
        KEYS, calls.get(), acceptedAfter.get(), longest);
    assertThat(acceptedAfter).hasValue(0);
    assertThat(longest).isLessThan(BOUND);
  }

  /// The trigger that tells the other instances is taken away: what it would have told is not known
  /// there, which the same measurement has to show.
  @Test
  void aRevocationThatIsNotToldIsCaught() throws Exception {
    Key key = createKeys(1).getFirst();
    try (var admin = new RawClient(one.adminUrl());
        var there = new RawClient(other.url())) {
      Await.until("accepted there", PATIENCE, () -> accepts(there, key));
      sql("ALTER TABLE api_keys DISABLE TRIGGER api_keys_changed");
      try {
        RawClient.Reply revoked =
            admin.delete("/admin/api/v1/keys/" + key.id(), stack.dev().adminKey());
        Await.until(
            "longer than the bound",
            PATIENCE,
            () -> RunningTime.nanoTime() - revoked.doneAt() > BOUND.toNanos());
        assertThat(accepts(there, key)).isTrue();
      } finally {
        sql("ALTER TABLE api_keys ENABLE TRIGGER api_keys_changed");
      }
    }
  }

  /// From the acknowledgement to the first answer that refuses.
  private static Duration lag(RawClient there, Key key, long acknowledgedAt) throws IOException {
    RawClient.Reply reply = there.get("/proxy/tools", key.text());
    while (reply.status() != 401) {
      long late = reply.sentAt() - acknowledgedAt;
      if (late > PATIENCE.toNanos()) {
        throw new AssertionError("never refused");
      }
      reply = there.get("/proxy/tools", key.text());
    }
    return Duration.ofNanos(reply.doneAt() - acknowledgedAt);
  }

  private static boolean accepts(RawClient client, Key key) throws IOException {
    return client.get("/proxy/tools", key.text()).status() == 200;
  }

  private static List<Key> createKeys(int count) throws IOException {
    var keys = new ArrayList<Key>();
    try (var admin = new RawClient(one.adminUrl())) {
      for (int n = 0; n < count; n++) {
        RawClient.Reply created =
            admin.post(
                "/admin/api/v1/keys",
                stack.dev().adminKey(),
                "{\"customer\":\"demo\",\"role\":\"agent\",\"label\":\"revoked soon\"}");
        JsonNode json = JSON.readTree(created.body());
        keys.add(new Key(json.path("id").asText(), json.path("key").asText()));
      }
    }
    return keys;
  }

  private static void sql(String statement) throws SQLException {
    try (var connection = Database.patient(stack.config().database()).getConnection();
        var work = connection.createStatement()) {
      work.execute(statement);
    }
  }
}
