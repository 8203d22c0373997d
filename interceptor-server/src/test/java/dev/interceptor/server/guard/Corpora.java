package dev.interceptor.server.guard;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.policy.Detection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Test sets that others made, from the folder of external vectors. What they hold is hostile or
/// personal on purpose: it is looked at, never shown.
enum Corpora {
  GITLEAKS("secrets/gitleaks_cases.jsonl", Detection.SECRETS, "rule"),
  DETECT_SECRETS("secrets/detect_secrets_cases.jsonl", Detection.SECRETS, "plugin"),
  PRESIDIO("pii/presidio_cases.jsonl", Detection.PII, "recognizer"),
  INJECTIONS("injection/prompt_injection_sample.jsonl", Detection.INJECTION, "source");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String file;
  private final Detection kind;
  private final String group;

  Corpora(String file, Detection kind, String group) {
    this.file = file;
    this.kind = kind;
    this.group = group;
  }

  /// @param group the rule, recognizer or source that a row belongs to
  /// @param positive whether something is there to be found
  record Row(String group, boolean positive, String text) {}

  Detection kind() {
    return kind;
  }

  /// All rows; without the folder the test is skipped.
  List<Row> rows() throws IOException {
    Path folder = Path.of(System.getProperty("vectors", "../../shared/vectors"));
    assumeTrue(Files.isDirectory(folder), "the external vectors are not here");
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(file))) {
      JsonNode row = JSON.readTree(line);
      boolean positive = !row.path("label").asText().matches("negative|benign");
      rows.add(new Row(row.path(group).asText(), positive, text(row)));
    }
    return rows;
  }

  static List<Row> all() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Corpora corpus : values()) {
      rows.addAll(corpus.rows());
    }
    return rows;
  }

  private static String text(JsonNode row) {
    return row.has("text")
        ? row.path("text").asText()
        : new String(
            Base64.getDecoder().decode(row.path("text_b64").asText()), StandardCharsets.UTF_8);
  }
}
