package dev.interceptor.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// JSONTestSuite through the gate. What that suite leaves to the implementation (`i_`) is refused
/// throughout.
class JsonTestSuiteTest {
  private static final Set<String> DUPLICATE_NAMES =
      Set.of("y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json");

  @Test
  void everyValidTextIsAcceptedButThoseWithDuplicateNames() throws Exception {
    List<Path> valid = named("y_");
    assertThat(valid).hasSize(95);
    assertThat(valid.stream().filter(path -> !accepted(path)).map(JsonTestSuiteTest::name))
        .containsExactlyInAnyOrderElementsOf(DUPLICATE_NAMES);
  }

  @Test
  void everyInvalidTextIsRefused() throws Exception {
    List<Path> invalid = named("n_");
    assertThat(invalid).hasSize(188);
    assertThat(invalid.stream().filter(JsonTestSuiteTest::accepted)).isEmpty();
  }

  @Test
  void everyTextThatParsersReadDifferentlyIsRefused() throws Exception {
    List<Path> doubtful = named("i_");
    assertThat(doubtful).hasSize(35);
    assertThat(doubtful.stream().filter(JsonTestSuiteTest::accepted)).isEmpty();
  }

  private static List<Path> named(String prefix) throws IOException {
    Predicate<Path> wanted = path -> name(path).startsWith(prefix);
    return Vectors.files("json/JSONTestSuite/test_parsing", wanted);
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  /// Any other exception, and any error, fails the test.
  private static boolean accepted(Path path) {
    try {
      StrictJson.parse(Files.readAllBytes(path), JsonLimits.DEFAULT);
      return true;
    } catch (MalformedJsonException refused) {
      return false;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
