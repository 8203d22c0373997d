package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.upstream.ToolCatalog.PageSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ToolCatalogTest {
  private static final Instant START = Instant.ofEpochSecond(1_000);
  private Instant now = START;

  @Test
  void pagesAreJoinedInTheirOrder() throws UpstreamFault {
    PageSource source =
        (cursor, _) ->
            cursor.isEmpty() ? page(Optional.of(""), "b", "a") : page(Optional.empty(), "c");
    assertThat(names(catalog(source))).containsExactly("b", "a", "c");
  }

  @Test
  void aListThatGoesInACircleIsRefused() {
    ToolCatalog catalog = catalog((_, _) -> page(Optional.of("again"), "a"));
    assertThat(catchThrowableOfType(UpstreamFault.class, () -> names(catalog)).kind())
        .isEqualTo(UpstreamFault.Kind.PROTOCOL);
  }

  @Test
  void aListWithoutEndIsRefused() {
    AtomicInteger pages = new AtomicInteger();
    ToolCatalog catalog = catalog((_, _) -> page(Optional.of("p" + pages.incrementAndGet()), "a"));
    assertThat(catchThrowableOfType(UpstreamFault.class, () -> names(catalog)).kind())
        .isEqualTo(UpstreamFault.Kind.PROTOCOL);
    assertThat(pages).hasValue(100);
  }

  @Test
  void toolsWhoseNamesNobodyCanCallAreLeftOut() throws UpstreamFault {
    assertThat(
            names(catalog((_, _) -> page(Optional.empty(), "good", "two words", "", "a\\u0000b"))))
        .containsExactly("good");
  }

  @Test
  void theFirstOfTwoDefinitionsCounts() throws UpstreamFault {
    assertThat(names(catalog((_, _) -> page(Optional.empty(), "a", "a")))).containsExactly("a");
  }

  @Test
  void aListIsAMinuteOldAtMost() throws UpstreamFault {
    AtomicInteger loads = new AtomicInteger();
    ToolCatalog catalog = catalog((_, _) -> page(Optional.empty(), "t" + loads.incrementAndGet()));
    assertThat(names(catalog)).containsExactly("t1");
    now = START.plusSeconds(59);
    assertThat(names(catalog)).containsExactly("t1");
    now = START.plusSeconds(60);
    assertThat(names(catalog)).containsExactly("t2");
  }

  @Test
  void aFailureIsNotRemembered() throws UpstreamFault {
    AtomicInteger loads = new AtomicInteger();
    ToolCatalog catalog =
        catalog((_, _) -> {
          if (loads.incrementAndGet() == 1) {
            throw UpstreamFault.protocol("broken");
          }
          return page(Optional.empty(), "a");
        });
    assertThat(catchThrowableOfType(UpstreamFault.class, () -> names(catalog))).isNotNull();
    assertThat(names(catalog)).containsExactly("a");
  }

  @Test
  void manyCallersCauseOneLoad() throws Exception {
    AtomicInteger loads = new AtomicInteger();
    CountDownLatch asked = new CountDownLatch(20);
    ToolCatalog catalog =
        catalog((_, _) -> {
          loads.incrementAndGet();
          await(asked);
          return page(Optional.empty(), "a");
        });
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(
            executor.submit(() -> {
              asked.countDown();
              return names(catalog);
            }));
      }
      for (Future<List<String>> answer : answers) {
        assertThat(answer.get()).containsExactly("a");
      }
    }
    assertThat(loads).hasValue(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private ToolCatalog catalog(PageSource source) {
    return new ToolCatalog(source, () -> now);
  }

  private static List<String> names(ToolCatalog catalog) throws UpstreamFault {
    return catalog.current(Deadline.after(Duration.ofSeconds(5))).tools().stream()
        .map(tool -> tool.name().value())
        .toList();
  }

  private static Dialect.Page page(Optional<String> next, String... names) throws UpstreamFault {
    List<ObjectNode> tools = new ArrayList<>();
    for (String name : names) {
      tools.add(Messages.parse(("{\"name\":\"" + name + "\"}").getBytes(StandardCharsets.UTF_8)));
    }
    return new Dialect.Page(tools, next, true);
  }
}
