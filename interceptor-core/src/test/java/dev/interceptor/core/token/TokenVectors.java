package dev.interceptor.core.token;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Published vectors, read from the folder that the build names; tests are skipped where it is
/// missing.
final class TokenVectors {
  static final ObjectMapper JSON = new ObjectMapper();

  private TokenVectors() {}

  static String text(String file) {
    String folder = System.getProperty("vectors", "../shared/vectors");
    Path path = Path.of(folder, file);
    assumeTrue(Files.exists(path), "no vectors at " + file);
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String file) {
    return parse(text(file));
  }

  static List<JsonNode> jsonLines(String file) {
    return text(file).lines().filter(line -> !line.isBlank()).map(TokenVectors::parse).toList();
  }

  /// The cases of a Wycheproof file, each with its group.
  static List<WycheproofCase> wycheproof(String file) {
    List<WycheproofCase> cases = new ArrayList<>();
    for (JsonNode group : json(file).get("testGroups")) {
      group.get("tests").forEach(test -> cases.add(new WycheproofCase(group, test)));
    }
    return cases;
  }

  record WycheproofCase(JsonNode group, JsonNode test) {}

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
