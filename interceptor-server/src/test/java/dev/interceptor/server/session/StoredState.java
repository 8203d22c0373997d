package dev.interceptor.server.session;

import dev.interceptor.core.session.SessionState;
import io.lettuce.core.RedisClient;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/// What Redis holds of a session and of its customer's counters.
///
/// @param used by counter
public record StoredState(SessionState state, Map<String, Long> used) {
  public static StoredState read(URI redis, SessionKey session) {
    try (var client = RedisClient.create(redis.toString());
        var connection = client.connect()) {
      String text =
          connection
              .sync()
              .get("interceptor:session:" + session.customer() + ':' + session.session());
      Map<String, Long> used = new TreeMap<>();
      String names = "interceptor:usage:" + session.customer() + ":*";
      for (String name : connection.sync().keys(names)) {
        String stored = connection.sync().get(name);
        used.put(name, Long.parseLong(stored.substring(stored.lastIndexOf(' ') + 1)));
      }
      return new StoredState(
          text == null ? SessionState.NEW : SessionCodec.decode(text).state(), used);
    }
  }
}
