package dev.interceptor.server.targets;

import static dev.interceptor.server.targets.TestModels.SOMEBODY;
import static dev.interceptor.server.targets.TestModels.principal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.live.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchedModelsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  private Path file;
  private Path key;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("models.yaml");
    key = Files.writeString(folder.resolve("key"), "sk-one\n");
    write("one");
  }

  private void write(String alias) throws IOException {
    Files.writeString(
        file,
        """
        providers:
          main: {url: "http://127.0.0.1:1", key_file: "%s"}
          local: {kind: ollama, url: "http://127.0.0.1:2"}
        models:
          %s: {provider: main, model: m}
          private: {provider: main, model: p, keys: [private1]}
          llama3: {provider: local, model: "llama3:8b"}
          "phi:latest": {provider: local, model: phi}
        """
            .formatted(key, alias));
  }

  private Models watch() {
    return Models.watching(file, Map.of());
  }

  @Test
  void aModelOfOthersLooksLikeOneThatIsUnknown() {
    try (Models models = watch()) {
      assertThat(models.find("private", principal("private1"))).isPresent();
      assertThat(models.find("private", SOMEBODY)).isEmpty();
      assertThat(models.find("unknown", SOMEBODY)).isEmpty();
      assertThat(models.visibleTo(SOMEBODY)).containsExactly("one", "llama3", "phi:latest");
      assertThat(models.visibleTo(principal("private1"))).contains("private");
    }
  }

  @Test
  void ofOllamasNamesOneWithoutTagIsTheLatest() {
    try (Models models = watch()) {
      Target target = models.find("llama3:latest", SOMEBODY).orElseThrow();
      assertThat(target.model().alias()).isEqualTo("llama3");
      assertThat(target.asked()).isEqualTo("llama3:latest");
      assertThat(models.find("phi", SOMEBODY)).isPresent();
      assertThat(models.find("llama3:8b", SOMEBODY)).isEmpty();
      assertThat(models.find("one:latest", SOMEBODY)).isEmpty();
    }
  }

  @Test
  void aChangedFileIsInForceSoonAndAnnounced() throws Exception {
    List<ModelsConfig> announced = Collections.synchronizedList(new ArrayList<>());
    try (Models models = watch()) {
      models.eachConfig(announced::add);
      Target before = models.find("one", SOMEBODY).orElseThrow();
      write("two");
      var _ = Await.until("two", PATIENCE, () -> models.find("two", SOMEBODY).isPresent());
      assertThat(models.find("one", SOMEBODY)).isEmpty();
      assertThat(before.model().alias()).isEqualTo("one");
      var _ = Await.until("announced", PATIENCE, () -> announced.size() == 2);
    }
  }

  @Test
  void whoTakesConfigurationsHasOneBeforeItIsInForce() throws Exception {
    List<Boolean> inForce = Collections.synchronizedList(new ArrayList<>());
    try (Models models = watch()) {
      models.eachConfig(config -> inForce.add(models.config().equals(config)));
      write("two");
      var _ = Await.until("two", PATIENCE, () -> models.find("two", SOMEBODY).isPresent());
      assertThat(inForce).containsExactly(true, false);
    }
  }

  @Test
  void whatFailsUnexpectedlyKeepsTheLastGoodFileAndTheWatch() throws Exception {
    try (Models models = watch()) {
      String good = Files.readString(file);
      Files.writeString(file, good + "guards: {prompt: {model_folder: \"a\\0b\"}}\n");
      var _ = Await.until("held", PATIENCE, () -> !models.held().isEmpty());
      assertThat(models.held())
          .containsExactly("the changed models cannot be used: InvalidPathException");
      models.eachConfig(config -> {
        if (config.models().containsKey("two")) {
          throw new IllegalStateException("hunter2");
        }
      });
      write("two");
      var _ =
          Await.until(
              "held", PATIENCE, () -> models.held().toString().contains("IllegalStateException"));
      assertThat(models.held().toString()).doesNotContain("hunter2");
      assertThat(models.find("one", SOMEBODY)).isPresent();
      write("three");
      var _ = Await.until("three", PATIENCE, () -> models.find("three", SOMEBODY).isPresent());
    }
  }

  @Test
  void aBrokenFileKeepsTheLastGoodOneAndSaysSo() throws Exception {
    try (Models models = watch()) {
      Files.writeString(file, "models: {");
      var _ = Await.until("held", PATIENCE, () -> !models.held().isEmpty());
      assertThat(models.find("one", SOMEBODY)).isPresent();
      Files.delete(file);
      var _ =
          Await.until(
              "missing", PATIENCE, () -> models.held().toString().contains("cannot be read"));
      assertThat(models.find("one", SOMEBODY)).isPresent();
      write("three");
      var _ = Await.until("three", PATIENCE, () -> models.find("three", SOMEBODY).isPresent());
      assertThat(models.held()).isEmpty();
    }
  }

  @Test
  void aChangedKeyFileIsReadAgain() throws Exception {
    try (Models models = watch()) {
      Files.writeString(key, "sk-two\n");
      var _ =
          Await.until(
              "the new key",
              PATIENCE,
              () ->
                  TestModels.provider(models.config(), "main")
                      .key()
                      .orElseThrow()
                      .insecureText()
                      .equals("sk-two"));
    }
  }

  @Test
  void aFileThatCannotBeUsedDoesNotStart() throws IOException {
    Files.writeString(file, "models: {}");
    assertThatThrownBy(this::watch).isInstanceOf(InvalidModelsException.class);
    Files.delete(file);
    assertThatThrownBy(this::watch).isInstanceOf(InvalidModelsException.class);
  }
}
