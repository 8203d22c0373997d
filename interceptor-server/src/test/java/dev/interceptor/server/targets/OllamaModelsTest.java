package dev.interceptor.server.targets;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.targets.TestModels.Fixed;
import dev.interceptor.server.telemetry.OllamaGauges;
import dev.interceptor.server.upstream.ScriptedServer;
import dev.interceptor.server.upstream.ScriptedServer.Received;
import dev.interceptor.server.upstream.ScriptedServer.Wire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class OllamaModelsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SOON = Duration.ofMillis(20);

  private final Set<String> there = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger garbled = new AtomicInteger();
  private final CountDownLatch mayFinish = new CountDownLatch(1);
  private final ScriptedServer server = start();

  private ScriptedServer start() {
    try {
      return ScriptedServer.start(this::answer);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    mayFinish.countDown();
    server.close();
  }

  private void answer(Received request, Wire wire) throws IOException {
    if (garbled.getAndDecrement() > 0) {
      wire.json(200, "{\"models\": hunter2}");
    } else if (request.startLine().startsWith("GET /api/tags ")) {
      wire.json(
          200,
          there.stream()
              .map(name -> "{\"name\":\"" + name + "\"}")
              .collect(Collectors.joining(",", "{\"models\":[", "]}")));
    } else if (request.startLine().startsWith("POST /api/pull ")) {
      pull(request.json().path("model").asText(), wire);
    } else {
      wire.json(404, "{\"error\":\"no\"}");
    }
  }

  private void pull(String model, Wire wire) throws IOException {
    wire.startStream();
    wire.chunk("{\"status\":\"pulling manifest\"}\n{\"status\":\"pulling abc\",\"digest\"");
    wire.chunk(":\"d\",\"total\":100,\"completed\":40}\n");
    if (refusals.getAndDecrement() > 0) {
      wire.chunk("{\"error\":\"disk full\"}\n");
      wire.endStream();
      return;
    }
    try {
      mayFinish.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    there.add(OllamaName.of(model));
    wire.chunk("{\"status\":\"success\"}\n");
    wire.endStream();
  }

  private List<String> pulled() {
    return server.received().stream()
        .filter(request -> request.startLine().startsWith("POST /api/pull "))
        .map(request -> request.json().path("model").asText())
        .toList();
  }

  private String config(String pull, String guard) {
    String url = server.url().resolve("/").toString();
    String guards =
        guard.isEmpty()
            ? ""
            : "guards: {prompt: {mode: remote, remote: {url: \""
                + url
                + "\", model: "
                + guard
                + ", family: llama-guard}}}";
    return """
    providers: {local: {kind: ollama, url: "%s"}}
    models: {m: {provider: local, model: m}}
    ollama: {provider: local, pull: [%s]}
    %s
    """
        .formatted(url, pull, guards);
  }

  private OllamaModels keep(Models models) {
    return OllamaModels.start(models, SOON);
  }

  @Test
  void aMissingModelIsPulledAtStartAndNoOther() throws Exception {
    there.add("llama3:latest");
    mayFinish.countDown();
    try (OllamaModels _ = keep(new Fixed(config("llama3, \"phi:mini\"", "")))) {
      var _ = Await.until("pulled", PATIENCE, () -> there.contains("phi:mini"));
    }
    assertThat(pulled()).containsExactly("phi:mini");
  }

  @Test
  void aModelWithoutTagIsTheLatestOneInEitherDirection() throws Exception {
    there.add("llama3:latest");
    there.add("phi:latest");
    try (OllamaModels models =
        keep(new Fixed(config("llama3, \"phi:latest\"", "\"llama3:latest\"")))) {
      var _ = Await.until("ready", PATIENCE, models::isReady);
      assertThat(models.missing()).isZero();
    }
    assertThat(pulled()).isEmpty();
  }

  @Test
  void readinessWaitsForTheGuardModel() throws Exception {
    try (OllamaModels models = keep(new Fixed(config("", "granite3-guardian")))) {
      var _ = Await.until("the pull", PATIENCE, () -> !pulled().isEmpty());
      assertThat(models.isReady()).isFalse();
      mayFinish.countDown();
      var _ = Await.until("ready", PATIENCE, models::isReady);
    }
  }

  @Test
  void theGuardModelIsPulledFirst() throws Exception {
    mayFinish.countDown();
    try (OllamaModels models = keep(new Fixed(config("big", "guard")))) {
      var _ = Await.until("all", PATIENCE, () -> pulled().size() == 2 && models.isReady());
    }
    assertThat(pulled()).containsExactly("guard", "big");
  }

  @Test
  void progressIsAMetric() throws Exception {
    var registry = new SimpleMeterRegistry();
    try (OllamaModels models = keep(new Fixed(config("llama3", "")))) {
      OllamaGauges.show(models, registry);
      var _ =
          Await.until(
              "the part that has come",
              PATIENCE,
              () -> registry.get("interceptor.ollama.pulled").gauge().value() == 0.4);
      assertThat(registry.get("interceptor.ollama.missing").gauge().value()).isEqualTo(1);
      mayFinish.countDown();
      var _ = Await.until("all", PATIENCE, () -> models.missing() == 0);
    }
  }

  @Test
  void aPullThatFailsIsTriedAgain() throws Exception {
    refusals.set(2);
    mayFinish.countDown();
    try (OllamaModels _ = keep(new Fixed(config("llama3", "")))) {
      var _ = Await.until("pulled", PATIENCE, () -> there.contains("llama3:latest"));
    }
    assertThat(pulled()).hasSize(3);
  }

  @Test
  void whatAServerSaysThatCannotBeReadIsNotLogged() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(OllamaModels.class);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    logger.addAppender(seen);
    there.add("llama3:latest");
    garbled.set(1);
    try (OllamaModels models = keep(new Fixed(config("llama3", "")))) {
      var _ = Await.until("all", PATIENCE, () -> garbled.get() < 0 && models.missing() == 0);
    } finally {
      logger.detachAppender(seen);
    }
    assertThat(seen.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("the Ollama server local does not tell its models: JsonParseException");
  }

  @Test
  void aChangedConfigurationIsLookedAt() throws Exception {
    mayFinish.countDown();
    var models = new Fixed(config("", ""));
    try (OllamaModels kept = keep(models)) {
      assertThat(kept.isReady()).isTrue();
      models.change(config("", "guard"));
      var _ =
          Await.until(
              "the guard", PATIENCE, () -> there.contains("guard:latest") && kept.isReady());
    }
  }

  @Test
  void withoutItsServerTheGuardIsNotReady() {
    String config =
        config("", "guard").replace("127.0.0.1:" + server.url().getPort(), "127.0.0.1:1");
    try (OllamaModels models = keep(new Fixed(config))) {
      assertThat(models.isReady()).isFalse();
    }
  }
}
