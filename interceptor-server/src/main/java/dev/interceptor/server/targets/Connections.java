package dev.interceptor.server.targets;

import dev.interceptor.server.upstream.ApacheClients;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// The pools of connections to providers. One outlives changes of the configuration that do not
/// concern its connections, and the end of a provider until its last request is over.
final class Connections implements AutoCloseable {
  private final ConcurrentHashMap<Key, Pool> pools = new ConcurrentHashMap<>();
  private volatile Set<Key> wanted = Set.of();

  /// What connections depend on.
  private record Key(String name, URI url, Duration timeout, int max) {
    static Key of(Provider provider) {
      return new Key(
          provider.name(), provider.url(), provider.timeout(), provider.maxConnections());
    }
  }

  private record Pool(CloseableHttpClient client, int users) {
    Pool plus(int more) {
      return new Pool(client, users + more);
    }
  }

  /// A pool in use.
  record Lease(CloseableHttpClient client, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  void keep(ModelsConfig config) {
    wanted =
        config.providers().values().stream().map(Key::of).collect(Collectors.toUnmodifiableSet());
    pools.keySet().forEach(key -> change(key, pool -> pool));
  }

  Lease lease(Provider provider) {
    Key key = Key.of(provider);
    Pool pool = pools.compute(key, (_, known) -> (known == null ? open(key) : known).plus(1));
    return new Lease(pool.client(), () -> change(key, used -> used.plus(-1)));
  }

  private static Pool open(Key key) {
    return new Pool(ApacheClients.open(Timeout.of(key.timeout()), key.max()), 0);
  }

  private void change(Key key, UnaryOperator<Pool> change) {
    pools.computeIfPresent(key, (_, pool) -> kept(key, change.apply(pool)));
  }

  private @Nullable Pool kept(Key key, Pool pool) {
    if (pool.users() > 0 || wanted.contains(key)) {
      return pool;
    }
    pool.client().close(CloseMode.IMMEDIATE);
    return null;
  }

  int open() {
    return pools.size();
  }

  @Override
  public void close() {
    pools.values().forEach(pool -> pool.client().close(CloseMode.IMMEDIATE));
    pools.clear();
  }
}
