package dev.interceptor.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.session.SeenContext.Asked;
import dev.interceptor.server.session.SeenContext.ReleasedCall;
import dev.interceptor.server.session.SeenContext.Seen;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SeenContextTest {
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final ReleasedCall CALL = new ReleasedCall("read_file", digest("{}"), false);
  private static final ReleasedCall COUNTED = new ReleasedCall("read_file", digest("{}"), true);

  private final String url = TestServices.shared().redisUri().toString();
  private final SeenContext context = SeenContext.redis(settings(url, IDLE));
  private final RedisClient client = RedisClient.create(url);
  private final StatefulRedisConnection<String, String> redis = client.connect();
  private final SessionKey session = session("acme", "chat-" + UUID.randomUUID());

  @AfterEach
  void close() {
    context.close();
    redis.close();
    client.close();
  }

  @Test
  void whatWasAddedIsKnown() {
    context.add(
        session, new Seen(Map.of("call_1", CALL), Set.of(digest("result")), Set.of("resp_1")));
    Seen known =
        context.known(
            session,
            new Asked(
                List.of("call_1", "call_2"),
                List.of(digest("result"), digest("another")),
                List.of("resp_1", "resp_2")));
    assertThat(known)
        .isEqualTo(new Seen(Map.of("call_1", CALL), Set.of(digest("result")), Set.of("resp_1")));
    assertThat(known.call("call_1")).contains(CALL);
    assertThat(known.call("call_2")).isEmpty();
  }

  @Test
  void anIdIsOneOfItsKindOnly() {
    context.add(session, new Seen(Map.of("same", CALL), Set.of(), Set.of()));
    Asked asked = new Asked(List.of(), List.of(digest("same")), List.of("same"));
    assertThat(context.known(session, asked)).isEqualTo(Seen.NOTHING);
  }

  @Test
  void sessionsAndCustomersNeverSeeEachOther() {
    String id = session.session().value();
    context.add(session, everything());
    for (SessionKey other :
        List.of(
            session("acme", id + "2"),
            session("evil", id),
            session("acme", "x:" + id),
            session("evil", "acme:" + id))) {
      assertThat(context.known(other, asked())).isEqualTo(Seen.NOTHING);
    }
    assertThat(context.known(session, asked())).isEqualTo(everything());
  }

  @Test
  void idsOfAnyLengthAndCharactersAreToldApart() {
    String odd = "a\r\n\u0000 b " + "x".repeat(100_000);
    context.add(session, new Seen(Map.of(odd, CALL), Set.of(), Set.of(odd)));
    Asked asked = new Asked(List.of(odd, odd + "x"), List.of(), List.of(odd, odd.substring(1)));
    assertThat(context.known(session, asked))
        .isEqualTo(new Seen(Map.of(odd, CALL), Set.of(), Set.of(odd)));
  }

  @Test
  void theOldestEntriesAreForgottenBeyondTheMost() {
    context.add(session, new Seen(Map.of("first", CALL), Set.of(), Set.of()));
    context.add(session, new Seen(Map.of("second", CALL), Set.of(), Set.of()));
    context.add(session, new Seen(Map.of("first", CALL), Set.of(), Set.of()));
    Set<String> many = new TreeSet<>();
    for (int i = 0; i < SeenContext.MOST - 1; i++) {
      many.add("resp_" + i);
    }
    context.add(session, new Seen(Map.of(), Set.of(), many));
    Asked asked = new Asked(List.of("first", "second"), List.of(), many);
    assertThat(context.known(session, asked))
        .isEqualTo(new Seen(Map.of("first", CALL), Set.of(), many));
    assertThat(redis.sync().hlen(key("seen"))).isEqualTo(SeenContext.MOST);
    assertThat(redis.sync().zcard(key("seen-order"))).isEqualTo(SeenContext.MOST);
  }

  @Test
  void entriesLiveAsLongAsTheSessionIsNotIdle() {
    context.add(session, everything());
    assertThat(lives("seen")).isPositive();
    redis.sync().pexpire(key("seen"), 60_000);
    redis.sync().pexpire(key("seen-order"), 60_000);
    var _ = context.known(session, asked());
    assertThat(lives("seen")).isGreaterThan(60_000).isLessThanOrEqualTo(IDLE.toMillis());
    assertThat(lives("seen-order")).isGreaterThan(60_000).isLessThanOrEqualTo(IDLE.toMillis());
  }

  @Test
  void everythingIsForgottenAfterTheIdleTime() throws Exception {
    try (SeenContext brief = SeenContext.redis(settings(url, Duration.ofMillis(50)))) {
      brief.add(session, everything());
      Await.until(
          "the entries' end",
          Duration.ofSeconds(10),
          () -> redis.sync().exists(key("seen"), key("seen-order")) == 0);
      assertThat(brief.known(session, asked())).isEqualTo(Seen.NOTHING);
    }
  }

  @Test
  void aResultIsKnownOnlyInTheStateThatTookItIntoAccount() {
    store("lineage-1");
    context.add(session, everything());
    assertThat(context.known(session, asked())).isEqualTo(everythingCounted());
    store("lineage-2");
    assertThat(context.known(session, asked()).results()).isEmpty();
    redis.sync().del(key("session"));
    assertThat(context.known(session, asked()).results()).isEmpty();
    redis.sync().set(key("session"), "damaged");
    assertThat(context.known(session, asked()).results()).isEmpty();
  }

  @Test
  void aCallCountsOnlyInTheStateThatItWasReleasedIn() {
    store("lineage-1");
    context.add(session, everything());
    assertThat(context.known(session, asked()).calls()).isEqualTo(Map.of("call_1", COUNTED));
    store("lineage-2");
    assertThat(context.known(session, asked()).calls()).isEqualTo(Map.of("call_1", CALL));
    redis.sync().del(key("session"));
    assertThat(context.known(session, asked()).calls()).isEqualTo(Map.of("call_1", CALL));
    context.add(session, everything());
    assertThat(context.known(session, asked()).calls()).isEqualTo(Map.of("call_1", CALL));
    redis.sync().set(key("session"), "damaged");
    assertThat(context.known(session, asked()).calls()).isEqualTo(Map.of("call_1", CALL));
  }

  @Test
  void askingAboutAResultKeepsTheStateAliveThatItWasTakenInto() {
    store("lineage-1");
    context.add(session, everything());
    redis.sync().pexpire(key("session"), 60_000);
    assertThat(context.known(session, asked())).isEqualTo(everythingCounted());
    assertThat(lives("session")).isGreaterThan(60_000);
  }

  @Test
  void aResultOfASessionWithoutStateIsKnownUntilThereIsOne() {
    context.add(session, everything());
    assertThat(context.known(session, asked()).results()).hasSize(1);
    store("lineage-1");
    assertThat(context.known(session, asked()).results()).isEmpty();
  }

  @Test
  void aDamagedEntryIsUnknown() {
    context.add(session, new Seen(Map.of("call_1", CALL), Set.of(), Set.of()));
    for (String field : redis.sync().hkeys(key("seen"))) {
      redis.sync().hset(key("seen"), field, "no digest read_file");
    }
    assertThat(context.known(session, asked()).calls()).isEmpty();
  }

  @Test
  void withoutRedisNothingIsKnownAndNothingIsAdded() {
    try (SeenContext gone = SeenContext.redis(settings("redis://127.0.0.1:1", IDLE))) {
      for (Runnable use :
          new ArrayList<Runnable>(
              List.of(() -> gone.add(session, everything()), () -> gone.known(session, asked())))) {
        assertThatThrownBy(use::run)
            .isInstanceOfSatisfying(
                InterceptorException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
      }
    }
  }

  private static Seen everything() {
    return new Seen(Map.of("call_1", CALL), Set.of(digest("result")), Set.of("resp_1"));
  }

  private static Seen everythingCounted() {
    return new Seen(Map.of("call_1", COUNTED), Set.of(digest("result")), Set.of("resp_1"));
  }

  private static Asked asked() {
    return new Asked(List.of("call_1"), List.of(digest("result")), List.of("resp_1"));
  }

  private void store(String lineage) {
    SessionState state =
        new SessionState(
            1,
            "policy",
            0,
            new TreeSet<>(Set.of(new Label("secret"))),
            new TreeSet<>(),
            new TreeSet<>(),
            Map.of(),
            Map.of());
    redis
        .sync()
        .set(
            key("session"),
            SessionCodec.encode(new SessionCodec.Stored("epoch/\"i\":\"x\"", lineage, state)));
  }

  private long lives(String kind) {
    return redis.sync().pttl(key(kind));
  }

  private String key(String kind) {
    return "interceptor:" + kind + ':' + session.customer() + ':' + session.session();
  }

  private static SessionKey session(String customer, String id) {
    return new SessionKey(new CustomerId(customer), new SessionId(id));
  }

  private static Sha256 digest(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static RedisSettings settings(String url, Duration idle) {
    return new RedisSettings(url, Duration.ofSeconds(5), Duration.ofSeconds(5), idle);
  }
}
