package dev.interceptor.server.session;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a Redis primary, together with the identity of the process at its other end.
///
/// The connection never reconnects by itself: a restarted or promoted Redis may have forgotten
/// writes, so every new connection learns the `run_id` and replication id before anything else is
/// sent, and state is trusted only under the ids that it carries. A failed command closes the
/// connection; a background thread replaces it.
public final class RedisLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration RETRY = Duration.ofMillis(200);

  /// A connection and the epoch in which it was made.
  public record Live(StatefulRedisConnection<String, String> connection, String epoch) {}

  private final RedisClient client;
  private final RedisURI uri;
  private final Duration timeout;
  private final AtomicReference<@Nullable Live> live = new AtomicReference<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /// @param url `redis://` or `rediss://`, may carry a password
  /// @param timeout to connect and for one command
  public RedisLink(String url, Duration timeout) {
    this.uri = parse(url);
    this.timeout = timeout;
    uri.setTimeout(timeout);
    this.client = RedisClient.create();
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(timeout).build())
            .timeoutOptions(TimeoutOptions.enabled(timeout))
            .build());
  }

  /// Lettuce's exception repeats the address with its password; this one does not.
  private static RedisURI parse(String url) {
    try {
      return RedisURI.create(url);
    } catch (IllegalArgumentException _) {
      throw new IllegalStateException(
          "`redis.url` cannot be used: write redis://:password@host:port, special characters"
              + " percent-encoded");
    }
  }

  /// Connects once if possible and keeps connecting in the background.
  public void open() {
    tryConnect();
    Thread.ofVirtual().name("redis-link").start(this::keepConnected);
  }

  /// @throws InterceptorException STATE_UNAVAILABLE while there is no connection
  public Live live() {
    Live current = live.get();
    if (current == null || !current.connection().isOpen()) {
      throw InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "redis is not connected");
    }
    return current;
  }

  public boolean isUp() {
    Live current = live.get();
    return current != null && current.connection().isOpen();
  }

  /// Gives the connection up after a failure; what was sent on it may or may not have been done.
  public void broken(Live failed, Throwable cause) {
    if (live.compareAndSet(failed, null)) {
      LOG.warn("redis connection given up: {}", cause.toString());
      discard(failed.connection());
    }
  }

  /// The reply to a command that was sent on `on`, which is given up if there is none in time.
  ///
  /// @throws InterceptorException STATE_UNAVAILABLE
  <T> @Nullable T await(Live on, RedisFuture<T> reply) {
    try {
      return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(on, e);
    } catch (ExecutionException | TimeoutException e) {
      throw unavailable(on, e);
    }
  }

  private InterceptorException unavailable(Live failed, Exception cause) {
    broken(failed, cause);
    return InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "redis did not answer", cause);
  }

  private void keepConnected() {
    try {
      while (!closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!isUp()) {
          tryConnect();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryConnect() {
    StatefulRedisConnection<String, String> connection = null;
    try {
      connection = client.connect(uri);
      String role = String.valueOf(connection.sync().role().getFirst());
      if (!role.equals("master")) {
        throw new IllegalStateException("redis is a " + role + ", not a primary");
      }
      live.set(new Live(connection, epoch(connection.sync())));
      LOG.debug("redis connected");
    } catch (RuntimeException e) {
      LOG.debug("redis cannot be reached: {}", e.toString());
      if (connection != null) {
        discard(connection);
      }
    }
  }

  /// Closes without waiting: the other end may be frozen.
  private static void discard(StatefulRedisConnection<String, String> connection) {
    var _ = connection.closeAsync();
  }

  /// The process and the history that it follows: a restart changes the one, a promotion the other.
  private static String epoch(RedisCommands<String, String> redis) {
    return field(redis.info("server"), "run_id")
        + '/'
        + field(redis.info("replication"), "master_replid");
  }

  private static String field(String info, String name) {
    return Arrays.stream(info.split("\r?\n", -1))
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("redis does not tell its " + name));
  }

  @Override
  public void close() {
    closed.countDown();
    Live current = live.getAndSet(null);
    if (current != null) {
      current.connection().close();
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
