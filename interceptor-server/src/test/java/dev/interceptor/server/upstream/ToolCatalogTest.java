package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.live.Await;
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
  void aListThatIsHalfAsOldIsLoadedAgainWhileNobodyWaits() throws Exception {
    AtomicInteger loads = new AtomicInteger();
    ToolCatalog catalog = catalog((_, _) -> page(Optional.empty(), "t" + loads.incrementAndGet()));
    assertThat(names(catalog)).containsExactly("t1");
    now = START.plusSeconds(29);
    assertThat(names(catalog)).containsExactly("t1");
    assertThat(loads).hasValue(1);
    now = START.plusSeconds(30);
    Await.until("loaded", Duration.ofSeconds(10), () -> names(catalog).equals(List.of("t2")));
    now = START.plusSeconds(59);
    assertThat(loads).hasValue(2);
    assertThat(names(catalog)).containsExactly("t2");
  }

  @Test
  void aServerThatFailsMeanwhileIsAskedNowAndThenAndItsListStaysGoodForItsTime() throws Exception {
    AtomicInteger loads = new AtomicInteger();
    ToolCatalog catalog =
        catalog((_, _) -> {
          if (loads.incrementAndGet() > 1) {
            throw UpstreamFault.protocol("broken");
          }
          return page(Optional.empty(), "a");
        });
    assertThat(names(catalog)).containsExactly("a");
    now = START.plusSeconds(30);
    for (int i = 0; i < 100; i++) {
      assertThat(names(catalog)).containsExactly("a");
    }
    Await.until("asked again", Duration.ofSeconds(10), () -> loads.get() == 2);
    now = START.plusSeconds(60);
    assertThat(catchThrowableOfType(UpstreamFault.class, () -> names(catalog))).isNotNull();
  }

  @Test
  void definitionsThatCannotBePinnedAreLeftOut() throws UpstreamFault {
    String tooLong = "x".repeat(ToolDefinition.MAX_BYTES);
    PageSource source =
        (_, _) ->
            new Dialect.Page(
                List.of(
                    Messages.parse(bytes("{\"name\":\"big\",\"description\":\"" + tooLong + "\"}")),
                    Messages.parse(bytes("{\"name\":\"rounded\",\"x\":9007199254740993}")),
                    Messages.parse(bytes("{\"name\":\"endless\",\"x\":1e999}")),
                    Messages.parse(bytes("{\"name\":\"prompts/get\"}")),
                    Messages.parse(bytes("{\"name\":\"good\",\"x\":0.1}"))),
                Optional.empty(),
                false);
    assertThat(names(catalog(source))).containsExactly("good");
  }

  @Test
  void moreDefinitionsThanFitIntoMemoryAreRefused() {
    String text = "x".repeat(200_000);
    AtomicInteger pages = new AtomicInteger();
    ToolCatalog catalog =
        catalog((_, _) -> {
          int page = pages.incrementAndGet();
          return new Dialect.Page(
              List.of(
                  Messages.parse(bytes("{\"name\":\"a" + page + "\",\"d\":\"" + text + "\"}")),
                  Messages.parse(bytes("{\"name\":\"b" + page + "\",\"d\":\"" + text + "\"}"))),
              Optional.of("p" + page),
              false);
        });
    assertThat(catchThrowableOfType(UpstreamFault.class, () -> names(catalog)).operatorDetail())
        .contains("characters");
  }

  @Test
  void aDefinitionIsTheSameInAnyOrderAndWithAnyWhiteSpace() throws UpstreamFault {
    var name = new ToolName("a");
    var one = new ToolDefinition(name, Messages.parse(bytes("{\"name\":\"a\",\"x\":1.0}")));
    var other = new ToolDefinition(name, Messages.parse(bytes("{ \"x\": 1, \"name\":\"a\" }")));
    assertThat(one).isEqualTo(other);
    assertThat(one.canonical()).isEqualTo("{\"name\":\"a\",\"x\":1}");
    assertThat(one.digest()).isEqualTo(Sha256.of(bytes(one.canonical())));
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
    return new ToolCatalog(source, () -> now, Duration.ofMinutes(1));
  }

  private static List<String> names(ToolCatalog catalog) throws UpstreamFault {
    return catalog.current(Deadline.after(Duration.ofSeconds(5))).tools().stream()
        .map(tool -> tool.name().value())
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Dialect.Page page(Optional<String> next, String... names) throws UpstreamFault {
    List<ObjectNode> tools = new ArrayList<>();
    for (String name : names) {
      tools.add(Messages.parse(("{\"name\":\"" + name + "\"}").getBytes(StandardCharsets.UTF_8)));
    }
    return new Dialect.Page(tools, next, true);
  }
}
