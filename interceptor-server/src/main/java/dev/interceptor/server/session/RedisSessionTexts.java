package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.session.RedisCounters.Counter;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Sessions as Redis holds them: one string a session, replaced only by a script that first
/// compares it with what was read.
final class RedisSessionTexts {
  /// Replaces the session and adds to counters, or does nothing at all: if the session is not what
  /// was read, a counter has been rebuilt since, or an amount would exceed its maximum.
  private static final String COMMIT =
      """
      if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
      local counters = {}
      for i = 2, #KEYS do
        local a = 4 + (i - 2) * 6
        local prefix, seen, used = ARGV[a], ARGV[a + 1], ARGV[a + 2]
        local stored = redis.call('GET', KEYS[i]) or ''
        if used ~= '' then
          if stored ~= seen then return 0 end
        else
          if string.sub(stored, 1, #prefix) ~= prefix then return 0 end
          used = string.sub(stored, #prefix + 1)
        end
        local sum = tonumber(used) + tonumber(ARGV[a + 3])
        if sum > tonumber(ARGV[a + 4]) then return 0 end
        counters[i] = prefix .. string.format('%.0f', sum)
      end
      if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
      for i = 2, #KEYS do
        redis.call('SET', KEYS[i], counters[i], 'PX', ARGV[4 + (i - 2) * 6 + 5])
      end
      return 1
      """;

  private static final Decision NOTHING_CHARGED =
      new Decision.Deny(ReasonCode.TOOL_DENIED, List.of(), Optional.empty());

  private final RedisLink link;
  private final Duration idle;

  /// @param idle how long a session is kept after it was last read or written
  RedisSessionTexts(RedisLink link, Duration idle) {
    this.link = link;
    this.idle = idle;
  }

  static String key(SessionKey session) {
    return "interceptor:session:" + session.customer() + ':' + session.session();
  }

  /// Asks with a command that only a primary takes: one that was demoted meanwhile must not answer
  /// from what it remembers.
  RedisFuture<String> ask(RedisLink.Live live, SessionKey session) {
    return live.connection().async().getex(key(session), GetExArgs.Builder.px(idle.toMillis()));
  }

  /// @return empty for nothing
  String await(RedisLink.Live live, RedisFuture<String> asked) {
    return Objects.requireNonNullElse(link.await(live, asked), "");
  }

  /// @return false if the session was changed since it was read
  boolean replace(SessionKey session, CurrentSession current, SessionState after) {
    return replace(session, current, after, List.of(), NOTHING_CHARGED);
  }

  /// @return false if the session or a counter was changed since it was read
  boolean replace(
      SessionKey session,
      CurrentSession current,
      SessionState after,
      List<Counter> counters,
      Decision decision) {
    List<String> keys = new ArrayList<>(List.of(key(session)));
    String text = current.textFor(after);
    List<String> values = new ArrayList<>(List.of(current.text(), text, px()));
    for (Counter counter : counters) {
      Optional<List<String>> writing = RedisCounters.writing(counter, decision);
      if (writing.isPresent()) {
        keys.add(counter.key());
        values.addAll(writing.get());
      }
    }
    if (text.isEmpty() && keys.size() == 1) {
      return true;
    }
    return commit(current.live(), keys, values);
  }

  /// @return false if the session was changed since it was read
  boolean replaceText(SessionKey session, CurrentSession current, String text) {
    return commit(current.live(), List.of(key(session)), List.of(current.text(), text, px()));
  }

  private boolean commit(RedisLink.Live live, List<String> keys, List<String> values) {
    Long replaced =
        link.await(
            live,
            live.connection()
                .async()
                .eval(
                    COMMIT,
                    ScriptOutputType.INTEGER,
                    keys.toArray(String[]::new),
                    values.toArray(String[]::new)));
    return replaced != null && replaced == 1;
  }

  private String px() {
    return Long.toString(idle.toMillis());
  }
}
