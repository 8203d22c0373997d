package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

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
      SessionKey session, PolicySet policies, List<String> counters, Decider decider) {
    String key = "unsafe:" + session.customer() + ":" + session.session();
    String text = connection.sync().get(key);
    SessionState before = text == null ? SessionState.NEW : SessionCodec.decode(text).state();
    Decision decision = decider.decide(before, usage(session, counters));
    if (decision instanceof Decision.Permit permit && !permit.reserved().equals(before)) {
      connection
          .sync()
          .set(key, SessionCodec.encode(new SessionCodec.Stored("", "", permit.reserved())));
    }
    if (decision instanceof Decision.Permit permit) {
      permit.charges().stream()
          .filter(charge -> counters.contains(charge.counter()))
          .forEach(charge ->
              connection
                  .sync()
                  .set(
                      counterKey(session, charge.counter()),
                      Long.toString(used(session, charge.counter()) + charge.amount())));
    }
    return new Reserved(decision, before, "");
  }

  private Usage usage(SessionKey session, List<String> counters) {
    return Usage.of(
        counters.stream().collect(Collectors.toMap(name -> name, name -> used(session, name))));
  }

  private long used(SessionKey session, String counter) {
    String stored = connection.sync().get(counterKey(session, counter));
    return stored == null ? 0 : Long.parseLong(stored);
  }

  private static String counterKey(SessionKey session, String counter) {
    return "unsafe-usage:" + session.customer() + ":" + counter;
  }

  @Override
  public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
    return () -> true;
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
  public SessionState add(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    throw new UnsupportedOperationException("no test has this store remember results");
  }

  @Override
  public SessionState confirmAdded(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    throw new UnsupportedOperationException("no test has this store remember results");
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
