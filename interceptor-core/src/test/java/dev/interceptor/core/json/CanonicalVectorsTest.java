package dev.interceptor.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The published input and output pairs of RFC 8785, byte for byte. Their numbers need rounding, so
/// they exercise the canonical form and not the gate.
class CanonicalVectorsTest {
  private static final int PAIRS = 30;

  @Test
  void everyPublishedPairIsReproducedByteForByte() throws Exception {
    List<Path> inputs = inputs();
    assertThat(inputs).hasSize(PAIRS);
    for (Path input : inputs) {
      byte[] expected = withoutLastNewline(Files.readAllBytes(output(input)));
      byte[] actual = canonical(Files.readAllBytes(input));
      assertThat(new String(actual, UTF_8)).as("%s", input).isEqualTo(new String(expected, UTF_8));
      assertThat(actual).as("%s", input).isEqualTo(expected);
    }
  }

  @Test
  void theHexDumpsAgree() throws Exception {
    for (Path dump : Vectors.files("jcs", path -> path.toString().contains("/outhex/"))) {
      Path input = Path.of(dump.toString().replace("/outhex/", "/input/").replace(".txt", ".json"));
      String hex = Files.readString(dump).replaceAll("\\s", "");
      assertThat(HexFormat.of().formatHex(canonical(Files.readAllBytes(input))))
          .as("%s", dump)
          .isEqualToIgnoringCase(hex);
    }
  }

  @Test
  void aCanonicalTextStaysAsItIs() throws Exception {
    for (Path input : inputs()) {
      byte[] once = canonical(Files.readAllBytes(input));
      assertThat(canonical(once)).as("%s", input).isEqualTo(once);
    }
  }

  private static List<Path> inputs() throws IOException {
    return Vectors.files(
        "jcs",
        path -> path.toString().contains("/input/") || path.toString().endsWith(".input.json"));
  }

  private static Path output(Path input) {
    String name = input.toString();
    return Path.of(name.replace("/input/", "/output/").replace(".input.json", ".output.json"));
  }

  private static byte[] canonical(byte[] text) throws MalformedJsonException {
    return CanonicalJson.bytes(StrictJson.parseRounding(text, JsonLimits.DEFAULT));
  }

  private static byte[] withoutLastNewline(byte[] text) {
    int end = text.length > 0 && text[text.length - 1] == '\n' ? text.length - 1 : text.length;
    return Arrays.copyOf(text, end);
  }
}
