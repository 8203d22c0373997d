package dev.interceptor.server.mcp;

import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.http.Departure;
import dev.interceptor.server.upstream.Caller.Registration;
import dev.interceptor.server.upstream.Interests;
import dev.interceptor.server.upstream.ToolServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one legacy session hears of changes, as long as its stream is open.
///
/// One thread follows what the session wants; however often that changes, it looks once a second at
/// most.
final class SessionNews implements Registration {
  private static final Logger LOG = LoggerFactory.getLogger(SessionNews.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Supplier<Optional<ClientSession>> session;
  private final Desk desk;
  private final Client client;
  private final ReplyStream stream;
  private final Departure departure;
  private final Semaphore wanted = new Semaphore(0);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  SessionNews(
      Supplier<Optional<ClientSession>> session,
      Desk desk,
      Client client,
      ReplyStream stream,
      Departure departure) {
    this.session = session;
    this.desk = desk;
    this.client = client;
    this.stream = stream;
    this.departure = departure;
    this.thread = Thread.ofVirtual().name("session news").start(this::follow);
  }

  /// The session wants something else, or has ended.
  void refresh() {
    wanted.release();
  }

  private void follow() {
    @Nullable News current = null;
    try {
      while (closed.getCount() > 0) {
        wanted.acquire();
        wanted.drainPermits();
        Optional<News> next = look();
        if (next.isPresent()) {
          if (current != null) {
            current.close();
          }
          current = next.get();
        }
        var _ = closed.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (current != null) {
        current.close();
      }
    }
  }

  /// Empty if what the session wants cannot be known, or nothing any more.
  private Optional<News> look() {
    try {
      Optional<ClientSession> known = session.get();
      if (known.isEmpty()) {
        departure.leave();
        return Optional.empty();
      }
      return Optional.of(
          News.begin(
              client.view(),
              new Interests(true, true, true, Set.of()),
              permitted(known.get()),
              stream::event));
    } catch (RuntimeException e) {
      LOG.warn("what a session wants to hear of is not known: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private Map<ToolServer, Set<String>> permitted(ClientSession known) {
    Map<ToolServer, Set<String>> permitted = new HashMap<>();
    for (WatchedResource resource : known.resources()) {
      client.view().servers().stream()
          .filter(server -> server.name().equals(resource.upstream()))
          .findFirst()
          .filter(server -> isPermitted(server, resource))
          .ifPresent(server ->
              permitted.computeIfAbsent(server, _ -> new HashSet<>()).add(resource.uri()));
    }
    return permitted;
  }

  private boolean isPermitted(ToolServer server, WatchedResource resource) {
    CallRequest call =
        CallRequest.about(server, ProtocolMethod.RESOURCES_SUBSCRIBE, resource.uri());
    return desk.watch(call, client) instanceof Outcome.Noted;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }
}
