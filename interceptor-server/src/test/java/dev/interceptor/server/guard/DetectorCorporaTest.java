package dev.interceptor.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.policy.Detection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Recall and false alarms on corpora that others made. The bounds are what was measured, rounded
/// down and up, so that a change for the worse is seen; `docs/policy-language.md` states the
/// figures.
final class DetectorCorporaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Detectors DETECTORS = Detectors.standard();

  /// Presidio's test sets of what is looked for; the others are of what is not.
  private static final Set<String> PERSONAL =
      Set.of(
          "email",
          "credit_card",
          "es_nif",
          "es_nie",
          "fi_personal_identity_code",
          "pl_pesel",
          "tr_national_id",
          "se_personnummer",
          "sg_fin",
          "ca_sin",
          "in_aadhaar",
          "uk_nhs",
          "us_ssn",
          "de_tax_id",
          "it_fiscal_code",
          "phone");

  private record Score(int found, int positives, int alarms, int negatives) {
    double recall() {
      return (double) found / positives;
    }

    double falseAlarms() {
      return (double) alarms / negatives;
    }
  }

  private static Score score(String file, Detection kind, String group, Set<String> only)
      throws IOException {
    Path folder = Path.of(System.getProperty("vectors", "../../shared/vectors"));
    assumeTrue(Files.isDirectory(folder), "the external vectors are not here");
    int[] counts = new int[4];
    for (String line : Files.readAllLines(folder.resolve(file))) {
      JsonNode row = JSON.readTree(line);
      if (!only.isEmpty() && !only.contains(row.path(group).asText())) {
        continue;
      }
      boolean positive = !row.path("label").asText().matches("negative|benign");
      boolean found = !DETECTORS.find(text(row), EnumSet.of(kind)).isEmpty();
      counts[(positive ? 0 : 2) + (found ? 0 : 1)]++;
    }
    Score score = new Score(counts[0], counts[0] + counts[1], counts[2], counts[2] + counts[3]);
    System.out.printf("%s: %s%n", file, score);
    return score;
  }

  private static String text(JsonNode row) {
    return row.has("text")
        ? row.path("text").asText()
        : new String(
            Base64.getDecoder().decode(row.path("text_b64").asText()), StandardCharsets.UTF_8);
  }

  @Test
  void secretsOfGitleaks() throws IOException {
    Score score = score("secrets/gitleaks_cases.jsonl", Detection.SECRETS, "rule", Set.of());
    assertThat(score.recall()).isGreaterThanOrEqualTo(0.90);
    assertThat(score.falseAlarms()).isLessThanOrEqualTo(0.14);
  }

  @Test
  void secretsOfDetectSecrets() throws IOException {
    Score score =
        score("secrets/detect_secrets_cases.jsonl", Detection.SECRETS, "plugin", Set.of());
    assertThat(score.recall()).isGreaterThanOrEqualTo(0.77);
    assertThat(score.falseAlarms()).isLessThanOrEqualTo(0.31);
  }

  @Test
  void personalDataOfPresidio() throws IOException {
    Score score = score("pii/presidio_cases.jsonl", Detection.PII, "recognizer", PERSONAL);
    assertThat(score.recall()).isGreaterThanOrEqualTo(0.80);
    assertThat(score.falseAlarms()).isLessThanOrEqualTo(0.02);
  }

  @Test
  void injectionsAreFoundAtTimesAndOrdinaryTextIsRarelyTakenForOne() throws IOException {
    Score score =
        score("injection/prompt_injection_sample.jsonl", Detection.INJECTION, "category", Set.of());
    assertThat(score.recall()).isGreaterThanOrEqualTo(0.22);
    assertThat(score.falseAlarms()).isLessThanOrEqualTo(0.01);
  }
}
