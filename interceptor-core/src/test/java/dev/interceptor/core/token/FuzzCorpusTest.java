package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Runs again what fuzzing found worth keeping; docs/testing.md says how to fuzz on.
class FuzzCorpusTest {
  private static final Path CORPUS = Path.of("src/test/fuzz/verifier");

  @Test
  void nothingThatFuzzingFoundThrowsOrIsAcceptedWrongly() throws IOException {
    List<Path> inputs;
    try (var files = Files.list(CORPUS)) {
      inputs = files.sorted().toList();
    }
    assertThat(inputs).hasSizeGreaterThan(50);
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      assertThatCode(() -> VerifierFuzzTarget.fuzzerTestOneInput(bytes))
          .as(input.getFileName().toString())
          .doesNotThrowAnyException();
    }
  }
}
