package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.upstream.Caller.Registration;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.Interests;
import dev.interceptor.server.upstream.Notice;
import dev.interceptor.server.upstream.ToolServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The changes at the upstreams of a view that one client wants to hear of, in the client's words.
/// Nothing but what changed is passed on.
///
/// An upstream that stops telling is asked again, after ever longer pauses, and once it tells again
/// its lists count as changed: something may have been missed.
final class News implements Registration {
  static final String RESOURCE_UPDATED = "notifications/resources/updated";

  private static final Logger LOG = LoggerFactory.getLogger(News.class);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final String TOOLS_CHANGED = "notifications/tools/list_changed";
  private static final String PROMPTS_CHANGED = "notifications/prompts/list_changed";
  private static final String RESOURCES_CHANGED = "notifications/resources/list_changed";
  private static final Set<String> LISTS =
      Set.of(TOOLS_CHANGED, PROMPTS_CHANGED, RESOURCES_CHANGED);

  private final View view;
  private final Consumer<ObjectNode> reader;
  private final List<Thread> listeners = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private News(View view, Consumer<ObjectNode> reader) {
    this.view = view;
    this.reader = reader;
  }

  /// @param lists what the client wants to hear of besides resources
  /// @param resources URIs as their upstreams know them, each permitted to the client
  /// @param reader takes messages in the client's words, from several threads
  static News begin(
      View view,
      Interests lists,
      Map<ToolServer, Set<String>> resources,
      Consumer<ObjectNode> reader) {
    News news = new News(view, reader);
    for (ToolServer server : view.exposing(Feature.SUBSCRIPTIONS)) {
      Interests here =
          new Interests(
              lists.toolsList(),
              lists.promptsList() && server.exposed().contains(Feature.PROMPTS),
              lists.resourcesList() && server.exposed().contains(Feature.RESOURCES),
              resources.getOrDefault(server, Set.of()));
      if (!here.isEmpty()) {
        news.listeners.add(
            Thread.ofVirtual().name("news " + server.name()).start(() -> news.hear(server, here)));
      }
    }
    return news;
  }

  private void hear(ToolServer server, Interests here) {
    Duration pause = FIRST_PAUSE;
    boolean again = false;
    try {
      while (closed.getCount() > 0) {
        long begun = System.nanoTime();
        if (heard(server, here, again)) {
          again = true;
        }
        boolean lasted = System.nanoTime() - begun > LONGEST_PAUSE.toNanos();
        pause = lasted ? FIRST_PAUSE : pause;
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Listens until the upstream ends it; false if it could not be heard at all.
  private boolean heard(ToolServer server, Interests here, boolean again)
      throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    try (Registration _ =
        server.listen(here, notice -> tell(server, here, notice), ended::countDown)) {
      if (again) {
        lists(here).forEach(this::tellList);
      }
      ended.await();
      return true;
    } catch (RuntimeException e) {
      LOG.warn("no news from upstream `{}`: {}", server.name(), e.getMessage());
      return false;
    }
  }

  private static List<String> lists(Interests here) {
    List<String> lists = new ArrayList<>(3);
    if (here.toolsList()) {
      lists.add(TOOLS_CHANGED);
    }
    if (here.promptsList()) {
      lists.add(PROMPTS_CHANGED);
    }
    if (here.resourcesList()) {
      lists.add(RESOURCES_CHANGED);
    }
    return lists;
  }

  private void tellList(String method) {
    reader.accept(ClientCaller.message(method, JSON.objectNode()));
  }

  private void tell(ToolServer server, Interests here, Notice notice) {
    if (LISTS.contains(notice.method())) {
      if (lists(here).contains(notice.method())) {
        tellList(notice.method());
      }
      return;
    }
    String uri = notice.params().path("uri").asText("");
    if (notice.method().equals(RESOURCE_UPDATED) && here.resources().contains(uri)) {
      reader.accept(
          ClientCaller.message(
              RESOURCE_UPDATED, JSON.objectNode().put("uri", view.shownUri(server, uri))));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    listeners.forEach(Thread::interrupt);
  }
}
