package dev.interceptor.guard;

import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One connection to a Redis primary that forgets nothing by itself, together with the identity of
/// the process at its other end.
///
/// The connection never reconnects by itself: a restarted or promoted Redis may have forgotten
/// writes, so every new connection learns `run_id` and replication id before anything else is sent.
/// A failed command closes the connection; a background thread replaces it.
final class RedisPrimary implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RedisReplayGuard.class.getName());
  private static final Duration RETRY = Duration.ofMillis(200);

  /// A connection and the epoch in which it was made; no white space in it.
  record Live(StatefulRedisConnection<String, String> connection, String epoch) {}

  private final RedisClient client;
  private final RedisURI uri;
  private final Consumer<Live> greeting;
  private final AtomicReference<@Nullable Live> live = new AtomicReference<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile String fault = "not connected yet";

  /// @param greeting said on every new connection before anybody else has it
  RedisPrimary(String url, Duration timeout, Consumer<Live> greeting) {
    this.uri = parse(url);
    uri.setTimeout(timeout);
    this.greeting = greeting;
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
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the Redis URL cannot be used: write redis://:password@host:port, special characters percent-encoded");
    }
  }

  /// Connects once if possible and keeps connecting in the background.
  ///
  /// @throws IllegalStateException if Redis answers and is not one to rely on
  void open() {
    try {
      connect();
    } catch (IllegalStateException e) {
      close();
      throw e;
    } catch (RuntimeException e) {
      note(e);
    }
    Thread.ofVirtual().name("redis-primary").start(this::keepConnected);
  }

  /// @throws IllegalStateException while there is no connection, saying why
  Live live() {
    Live current = live.get();
    if (current == null || !current.connection().isOpen()) {
      throw new IllegalStateException("redis: " + fault);
    }
    return current;
  }

  /// Gives the connection up after a failure; what was sent on it may or may not have been done.
  void broken(Live failed, Throwable cause) {
    if (live.compareAndSet(failed, null)) {
      note(cause);
      discard(failed.connection());
    }
  }

  private void note(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    if (!text.equals(fault)) {
      fault = text;
      LOG.log(WARNING, "no calls are accepted while Redis is away: {0}", text);
    }
  }

  private void keepConnected() {
    try {
      while (!closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        Live current = live.get();
        if (current == null || !current.connection().isOpen()) {
          reconnect();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void reconnect() {
    try {
      connect();
      fault = "connected";
    } catch (RuntimeException e) {
      note(e);
    }
  }

  private void connect() {
    StatefulRedisConnection<String, String> connection = client.connect(uri);
    try {
      Live fresh = new Live(connection, reliableEpoch(connection.sync()));
      greeting.accept(fresh);
      live.set(fresh);
    } catch (RuntimeException e) {
      discard(connection);
      throw e;
    }
  }

  /// Closes without waiting: the other end may be frozen.
  private static void discard(StatefulRedisConnection<String, String> connection) {
    if (connection.isOpen()) {
      CompletionStage<Void> unused = connection.closeAsync();
    }
  }

  /// The process and the history that it follows: a restart changes the one, a promotion the other.
  ///
  /// @throws IllegalStateException if it is a replica, or may evict what it was told to remember
  private static String reliableEpoch(RedisCommands<String, String> redis) {
    String info = redis.info();
    String role = field(info, "role");
    if (!role.equals("master")) {
      throw new IllegalStateException("Redis is a " + role + "; name its primary");
    }
    String policy = field(info, "maxmemory_policy");
    if (!field(info, "maxmemory").equals("0") && !policy.equals("noeviction")) {
      throw new IllegalStateException(
          "Redis would forget used tokens when its memory is full: set `maxmemory-policy` to `noeviction` (it is `"
              + policy
              + "`)");
    }
    return field(info, "run_id") + '/' + field(info, "master_replid");
  }

  private static String field(String info, String name) {
    return Arrays.stream(info.split("\r?\n", -1))
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("Redis does not tell its " + name));
  }

  @Override
  public void close() {
    closed.countDown();
    live.set(null);
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
