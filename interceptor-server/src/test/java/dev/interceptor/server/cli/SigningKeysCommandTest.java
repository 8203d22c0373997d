package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The life of a signing key, as an operator types it; of the settings, only those of the keys.
final class SigningKeysCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private String keys = "";

  private record Ended(int code, String out, String err) {}

  @Test
  void aKeyIsGeneratedRotatedAndRetired() throws IOException {
    keys = folder.resolve("keys").toString();
    String first = run("signing-keys", "generate").out().strip();
    assertThat(first).matches("[A-Za-z0-9_-]{43}");
    Ended again = run("signing-keys", "generate");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("./interceptor signing-keys rotate");

    String second =
        JSON.readTree(run("signing-keys", "rotate", "--json").out()).path("kid").asText();
    JsonNode rows = JSON.readTree(run("signing-keys", "list", "--json").out());
    assertThat(rows.path(0).path("kid").asText()).isEqualTo(second);
    assertThat(rows.path(0).path("state").asText()).isEqualTo("signing");
    assertThat(rows.path(1).path("kid").asText()).isEqualTo(first);
    assertThat(rows.path(1).path("state").asText()).isEqualTo("published");
    assertThat(run("signing-keys", "list").out().lines()).hasSize(3);

    assertThat(run("signing-keys", "retire", second, "--now").err()).contains("rotate");
    Ended early = run("signing-keys", "retire", first);
    assertThat(early.code()).isEqualTo(1);
    assertThat(early.err()).containsPattern("for another 1\\d s; wait, or write --now");
    assertThat(run("signing-keys", "retire", first, "--now"))
        .isEqualTo(new Ended(0, first + "\n", ""));
    assertThat(run("signing-keys", "retire", first, "--now").code()).isEqualTo(1);
  }

  @Test
  void aDirectoryWithoutSettingsIsTakenForTheLongestTokens() {
    String directory = folder.resolve("k").toString();
    String first = run("signing-keys", "generate", "--directory", directory).out().strip();
    assertThat(run("signing-keys", "rotate", "--directory", directory).code()).isZero();
    assertThat(run("signing-keys", "retire", first, "--directory", directory).err())
        .containsPattern("for another (6\\d|7[0-4]) s");
  }

  @Test
  void aNameThatBeginsWithADashGoesAfterTwo() {
    String kid = "-h" + "x".repeat(41);
    keys = folder.resolve("keys").toString();
    run("signing-keys", "generate");
    assertThat(run("signing-keys", "retire", "--now", "--", kid).err()).contains(kid);
    assertThat(run("signing-keys", "retire").err()).contains("after `--`");
  }

  @Test
  void listedFilesAreShownAndChangedByHand() throws IOException {
    Path directory = folder.resolve("k");
    String kid = run("signing-keys", "generate", "--directory", directory.toString()).out().strip();
    Path file = directory.resolve(kid + ".pem");
    keys = file.toString();
    assertThat(run("signing-keys", "list").out()).contains(kid, "signing");
    Ended refused = run("signing-keys", "rotate");
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err()).contains("lists files");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run("signing-keys", "list").err()).contains(file.toString(), "0600");
  }

  @Test
  void withoutSettingsTheMissingOneIsNamed() {
    Ended refused = run("signing-keys", "rotate");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("`token.signing-keys` (INTERCEPTOR_TOKEN_SIGNING_KEYS) is missing")
        .doesNotContain("database");
  }

  private Ended run(String... line) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    PrintStream standardOut = System.out;
    PrintStream standardErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      Map<String, String> settings =
          keys.isEmpty() ? Map.of() : Map.of("INTERCEPTOR_TOKEN_SIGNING_KEYS", keys);
      int code = InterceptorCommand.run(line, folder, settings);
      return new Ended(code, text(out), text(err));
    } finally {
      System.setOut(standardOut);
      System.setErr(standardErr);
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
