package dev.interceptor.server.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ModelsDocumentTest {
  @Test
  void theExampleInTheDocumentationCanBeUsed() throws IOException {
    String page =
        Files.readString(Path.of(System.getProperty("repository", ".."), "docs", "models.md"));
    String example = page.split("```yaml\n", -1)[1].split("```", -1)[0];

    ModelsConfig config =
        ModelsFile.parse(
            "models.md",
            example,
            new ModelsFile.Secrets() {
              @Override
              public Optional<String> variable(String name) {
                return Optional.of("sk-example");
              }

              @Override
              public Optional<String> file(Path path) {
                return Optional.empty();
              }
            });

    assertThat(config.models().keySet()).containsExactly("small", "big", "llama3");
  }
}
