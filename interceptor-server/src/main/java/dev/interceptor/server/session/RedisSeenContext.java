package dev.interceptor.server.session;

import dev.interceptor.core.json.Sha256;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Two keys a session: a hash with an entry a field, and their order in a sorted set.
///
/// A field is one letter and a digest, so its length does not depend on what a client or a model
/// wrote. A call's value begins with the lineage of the session's state, which ends where that
/// state ends, and a result's is that lineage.
final class RedisSeenContext implements SeenContext {
  private static final String CALL = "c";
  private static final String RESULT = "r";
  private static final String ANSWER = "a";

  /// KEYS: entries, order, the session's state. ARGV: most entries, milliseconds to live, then
  /// field and value of each entry. The lineage is put in here, so that it is that of the state as
  /// it is at this moment.
  private static final String ADD =
      """
      local lineage = string.match(redis.call('GET', KEYS[3]) or '', '"i":"([^"]*)"') or ''
      local last = tonumber(redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2] or '0')
      for i = 3, #ARGV, 2 do
        local field, value = ARGV[i], ARGV[i + 1]
        local kind = string.sub(field, 1, 1)
        if kind == 'r' then value = lineage end
        if kind == 'c' then value = lineage .. ' ' .. value end
        last = last + 1
        redis.call('HSET', KEYS[1], field, value)
        redis.call('ZADD', KEYS[2], string.format('%.0f', last), field)
      end
      local excess = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[1])
      if excess > 0 then
        local oldest = redis.call('ZPOPMIN', KEYS[2], excess)
        for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[1], oldest[i]) end
      end
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      redis.call('PEXPIRE', KEYS[2], ARGV[2])
      return 1
      """;

  private final RedisLink link;
  private final long idle;

  RedisSeenContext(RedisLink link, Duration idle) {
    this.link = link;
    this.idle = idle.toMillis();
  }

  @Override
  public Seen known(SessionKey session, Asked asked) {
    if (asked.isEmpty()) {
      return Seen.NOTHING;
    }
    List<String> fields = new ArrayList<>();
    asked.calls().forEach(id -> fields.add(field(CALL, id)));
    asked.answers().forEach(id -> fields.add(field(ANSWER, id)));
    asked.results().forEach(digest -> fields.add(RESULT + digest.hex()));
    RedisLink.Live live = link.live();
    RedisAsyncCommands<String, String> redis = live.connection().async();
    var state = redis.getex(RedisSessionTexts.key(session), GetExArgs.Builder.px(idle));
    var alive = redis.pexpire(entries(session), idle);
    var ordered = redis.pexpire(order(session), idle);
    var values = redis.hmget(entries(session), fields.toArray(String[]::new));
    Optional<String> lineage = lineage(link.await(live, state));
    link.await(live, alive);
    link.await(live, ordered);
    Map<String, String> stored = new HashMap<>();
    List<KeyValue<String, String>> answered = link.await(live, values);
    if (answered != null) {
      answered.forEach(entry -> entry.ifHasValue(value -> stored.put(entry.getKey(), value)));
    }
    return seen(asked, stored, lineage);
  }

  private static Seen seen(Asked asked, Map<String, String> stored, Optional<String> lineage) {
    Map<String, ReleasedCall> calls = new HashMap<>();
    for (String id : asked.calls()) {
      decoded(stored.get(field(CALL, id)), lineage).ifPresent(call -> calls.put(id, call));
    }
    Set<Sha256> results = new HashSet<>();
    for (Sha256 digest : asked.results()) {
      String then = stored.get(RESULT + digest.hex());
      if (lineage.isPresent() && lineage.get().equals(then)) {
        results.add(digest);
      }
    }
    Set<String> answers = new HashSet<>();
    for (String id : asked.answers()) {
      if (stored.containsKey(field(ANSWER, id))) {
        answers.add(id);
      }
    }
    return new Seen(calls, results, answers);
  }

  /// A value that cannot be read is none. Without state no call counts: it may have ended.
  private static Optional<ReleasedCall> decoded(@Nullable String value, Optional<String> lineage) {
    String[] parts = value == null ? new String[0] : value.split(" ", 3);
    if (parts.length < 3) {
      return Optional.empty();
    }
    boolean counted = !parts[0].isEmpty() && lineage.filter(parts[0]::equals).isPresent();
    try {
      return Optional.of(new ReleasedCall(parts[2], Sha256.ofHex(parts[1]), counted));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// That of a session without state is "", that of a state which cannot be read is none.
  private static Optional<String> lineage(@Nullable String state) {
    if (state == null) {
      return Optional.of("");
    }
    try {
      return Optional.of(SessionCodec.decode(state).lineage());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  @Override
  public void add(SessionKey session, Seen seen) {
    if (seen.isEmpty()) {
      return;
    }
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(MOST));
    arguments.add(Long.toString(idle));
    seen.calls()
        .forEach((id, call) -> {
          arguments.add(field(CALL, id));
          arguments.add(call.arguments().hex() + ' ' + call.tool());
        });
    for (String id : seen.answers()) {
      arguments.add(field(ANSWER, id));
      arguments.add("");
    }
    for (Sha256 digest : seen.results()) {
      arguments.add(RESULT + digest.hex());
      arguments.add("");
    }
    RedisLink.Live live = link.live();
    link.await(
        live,
        live.connection()
            .async()
            .eval(
                ADD,
                ScriptOutputType.INTEGER,
                new String[] {entries(session), order(session), RedisSessionTexts.key(session)},
                arguments.toArray(String[]::new)));
  }

  private static String field(String kind, String id) {
    return kind + Sha256.of(id.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static String entries(SessionKey session) {
    return "interceptor:seen:" + session.customer() + ':' + session.session();
  }

  private static String order(SessionKey session) {
    return "interceptor:seen-order:" + session.customer() + ':' + session.session();
  }

  @Override
  public void close() {
    link.close();
  }
}
