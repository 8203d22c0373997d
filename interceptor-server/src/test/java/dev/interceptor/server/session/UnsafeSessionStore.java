package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionState;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.function.Function;

/// Broken on purpose: what is missing counts as new, what is there is believed, and a write does
/// not look at what it replaces, so one of two racing calls forgets the other.
public final class UnsafeSessionStore implements SessionStore {
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  public UnsafeSessionStore(RedisSettings settings) {
    this.client = RedisClient.create(settings.url());
    this.connection = client.connect();
  }

  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, Function<SessionState, Decision> decide) {
    String key = "unsafe:" + session.customer() + ":" + session.session();
    String text = connection.sync().get(key);
    SessionState before = text == null ? SessionState.NEW : SessionCodec.decode(text).state();
    Decision decision = decide.apply(before);
    if (decision instanceof Decision.Permit permit && !permit.reserved().equals(before)) {
      connection
          .sync()
          .set(key, SessionCodec.encode(new SessionCodec.Stored("", "", permit.reserved())));
    }
    return new Reserved(decision, before, "");
  }

  @Override
  public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
    // Nothing is looked at again.
  }

  @Override
  public boolean isUntouchedSince(SessionKey session, PolicySet policies, Reserved reserved) {
    throw new UnsupportedOperationException("no test sends this store a sanitizer");
  }

  @Override
  public SessionState remove(SessionKey session, PolicySet policies, Reserved reserved) {
    throw new UnsupportedOperationException("no test sends this store a sanitizer");
  }

  @Override
  public boolean isUsable() {
    return connection.isOpen();
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
