package dev.interceptor.server.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.RedisSettings;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sessions as Redis hashes, messages over a Redis channel.
///
/// Lettuce reconnects by itself here: nothing that a decision rests on is kept in these hashes.
final class RedisClientSessions implements ClientSessions {
  private static final Logger LOG = LoggerFactory.getLogger(RedisClientSessions.class);
  private static final String PREFIX = "interceptor:mcp:";
  private static final String CHANNEL = "interceptor:mcp-messages";
  private static final String KNOWN = "interceptor:mcp-of:";

  /// A client that begins session after session loses its oldest ones.
  private static final int MOST_PER_KEY = 1000;

  /// Messages of others that are dealt with at once; more are dropped.
  private static final int MOST_TAKEN = 256;

  private static final int LONGEST_MESSAGE = 1024 * 1024;

  private static final String RESOURCE = "r:";
  private static final Duration RETRY = Duration.ofMillis(500);

  private final RedisClient client;
  private final RedisURI uri;
  private final Duration idle;
  private final SecureRandom random;
  private final String instance;
  private final Semaphore taking = new Semaphore(MOST_TAKEN);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable StatefulRedisConnection<String, String> connection;
  private volatile BiConsumer<String, String> ear = (_, _) -> {};

  private RedisClientSessions(RedisSettings settings, SecureRandom random) {
    this.uri = RedisURI.create(settings.url());
    uri.setTimeout(settings.timeout());
    this.idle = settings.idle();
    this.random = random;
    this.instance = randomHex(8);
    this.client = RedisClient.create();
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(settings.timeout()).build())
            .timeoutOptions(TimeoutOptions.enabled(settings.timeout()))
            .build());
  }

  /// Connects in the background: a server starts without Redis, and refuses until it is there.
  static RedisClientSessions start(RedisSettings settings, SecureRandom random) {
    var sessions = new RedisClientSessions(settings, random);
    if (!sessions.connect()) {
      Thread.ofVirtual().name("mcp-sessions").start(sessions::keepTrying);
    }
    return sessions;
  }

  private void keepTrying() {
    try {
      while (!closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS) && !connect()) {
        // The next attempt follows after a pause.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean connect() {
    try {
      if (connection == null) {
        connection = client.connect(uri);
      }
      StatefulRedisPubSubConnection<String, String> heard = client.connectPubSub(uri);
      heard.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String name, String message) {
              heard(message);
            }
          });
      heard.sync().subscribe(CHANNEL, CHANNEL + ":" + instance);
      return true;
    } catch (RedisException e) {
      LOG.debug("redis cannot be reached: {}", e.toString());
      return false;
    }
  }

  /// Runs on Lettuce's thread, which must not wait. A message is the sender, the session and what
  /// it is about.
  private void heard(String message) {
    String[] parts = message.split(" ", 3);
    if (parts.length < 3 || parts[0].equals(instance) || !taking.tryAcquire()) {
      return;
    }
    Thread.startVirtualThread(() -> {
      try {
        ear.accept(parts[1], parts[2]);
      } finally {
        taking.release();
      }
    });
  }

  private String randomHex(int bytes) {
    byte[] chosen = new byte[bytes];
    random.nextBytes(chosen);
    return HexFormat.of().formatHex(chosen);
  }

  @Override
  public ClientSession open(Principal owner, LegacyVersion version, ObjectNode capabilities) {
    String id = randomHex(24);
    Map<String, String> fields =
        Map.of(
            "owner", owner(owner),
            "version", version.text(),
            "capabilities", capabilities.toString());
    String known = KNOWN + owner(owner);
    ask(redis -> {
      redis.hset(PREFIX + id, fields);
      redis.pexpire(PREFIX + id, idle);
      long count = redis.lpush(known, id);
      redis.pexpire(known, idle);
      return count > MOST_PER_KEY ? redis.del(PREFIX + redis.rpop(known)) : 0L;
    });
    return new ClientSession(id, version, capabilities, Optional.empty(), Set.of());
  }

  @Override
  public Optional<ClientSession> find(Principal owner, String id) {
    Map<String, String> fields = ask(redis -> redis.hgetall(PREFIX + id));
    if (!owner(owner).equals(fields.get("owner"))) {
      return Optional.empty();
    }
    // Nobody waits for this: at worst the session ends earlier, and its client begins again.
    var _ = live().async().pexpire(PREFIX + id, idle);
    return read(id, fields);
  }

  private static Optional<ClientSession> read(String id, Map<String, String> fields) {
    Map<String, String> known = new HashMap<>(fields);
    return LegacyVersion.of(known.getOrDefault("version", ""))
        .map(version ->
            new ClientSession(
                id,
                version,
                capabilities(known.getOrDefault("capabilities", "{}")),
                Optional.ofNullable(known.get("level")),
                known.keySet().stream()
                    .filter(field -> field.startsWith(RESOURCE))
                    .flatMap(
                        field -> WatchedResource.parse(field.substring(RESOURCE.length())).stream())
                    .collect(Collectors.toUnmodifiableSet())));
  }

  private static ObjectNode capabilities(String json) {
    try {
      return Jackson.MAPPER.readTree(json) instanceof ObjectNode object
          ? object
          : Jackson.MAPPER.createObjectNode();
    } catch (JsonProcessingException e) {
      return Jackson.MAPPER.createObjectNode();
    }
  }

  @Override
  public void logLevel(ClientSession session, String level) {
    set(session, "level", level);
  }

  @Override
  public void watches(ClientSession session, WatchedResource resource, boolean wanted) {
    String field = RESOURCE + resource.text();
    if (!wanted) {
      ask(redis -> redis.hdel(PREFIX + session.id(), field));
      return;
    }
    if (ask(redis -> redis.hlen(PREFIX + session.id())) > ClientSession.MOST_RESOURCES) {
      throw InterceptorException.of(
          ErrorCode.CONCURRENCY_LIMITED, "a session watches too many resources");
    }
    set(session, field, "1");
  }

  /// A session that has ended meanwhile is not brought back for long.
  private void set(ClientSession session, String field, String value) {
    ask(redis -> {
      redis.hset(PREFIX + session.id(), field, value);
      return redis.pexpire(PREFIX + session.id(), idle);
    });
  }

  @Override
  public void end(ClientSession session) {
    ask(redis -> redis.del(PREFIX + session.id()));
  }

  @Override
  public String instance() {
    return instance;
  }

  @Override
  public void tellOthers(ClientSession session, String message) {
    publish(CHANNEL, session, message);
  }

  @Override
  public void tell(String other, ClientSession session, String message) {
    publish(CHANNEL + ":" + other, session, message);
  }

  private void publish(String channel, ClientSession session, String message) {
    if (message.length() > LONGEST_MESSAGE) {
      throw InterceptorException.of(
          ErrorCode.PAYLOAD_TOO_LARGE, "too long to be passed on to another instance");
    }
    ask(redis -> redis.publish(channel, instance + " " + session.id() + " " + message));
  }

  @Override
  public void listen(BiConsumer<String, String> listener) {
    ear = listener;
  }

  private StatefulRedisConnection<String, String> live() {
    StatefulRedisConnection<String, String> live = connection;
    if (live == null) {
      throw InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "redis is not connected");
    }
    return live;
  }

  private <T> T ask(Function<RedisCommands<String, String>, T> question) {
    StatefulRedisConnection<String, String> live = live();
    try {
      return question.apply(live.sync());
    } catch (RedisException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "a client's session cannot be read or kept", e);
    }
  }

  private static String owner(Principal principal) {
    return principal.customer().value() + "/" + principal.key().value();
  }

  @Override
  public void close() {
    closed.countDown();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
