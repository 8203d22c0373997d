package dev.interceptor.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// Texts that two parsers read differently, at the level of arguments: an object is required.
class InteropPairsTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  @Test
  void everyPairIsTreatedAsMarked() throws Exception {
    int seen = 0;
    for (String line : Files.readAllLines(Vectors.path("json/derived/interop_pairs.jsonl"))) {
      JsonNode row = JACKSON.readTree(line);
      check(row);
      seen++;
    }
    assertThat(seen).isEqualTo(43);
  }

  @Test
  void everyNaughtyStringSurvives() throws Exception {
    JsonNode strings = JACKSON.readTree(Files.readAllBytes(Vectors.path("json/blns.json")));
    assertThat(strings).hasSize(515);
    for (JsonNode string : strings) {
      JsonString value = new JsonString(string.textValue());
      byte[] canonical = CanonicalJson.bytes(value);
      assertThat(StrictJson.parse(canonical, JsonLimits.DEFAULT)).isEqualTo(value);
      assertThat(JACKSON.readTree(canonical)).isEqualTo(string);
      byte[] escaped = JACKSON.writeValueAsBytes(string);
      assertThat(StrictJson.parse(escaped, JsonLimits.DEFAULT)).isEqualTo(value);
    }
  }

  private static void check(JsonNode row) throws IOException, MalformedJsonException {
    String id = row.get("id").asText();
    byte[] a = Base64.getDecoder().decode(row.get("a_b64").asText());
    switch (row.get("expect").asText()) {
      case "reject-a" ->
          assertThatThrownBy(() -> StrictJson.parseObject(a, JsonLimits.DEFAULT))
              .as(id)
              .isInstanceOf(MalformedJsonException.class);
      case "accept-both-same-hash" -> assertThat(hash(a)).as(id).isEqualTo(hash(b(row)));
      case "accept-both-different-hash" -> assertThat(hash(a)).as(id).isNotEqualTo(hash(b(row)));
      default -> throw new AssertionError("unknown expectation in " + id);
    }
  }

  private static byte[] b(JsonNode row) {
    return Base64.getDecoder().decode(row.get("b_b64").asText());
  }

  private static Sha256 hash(byte[] text) throws MalformedJsonException {
    try {
      return Sha256.of(CanonicalJson.bytes(StrictJson.parseObject(text, JsonLimits.DEFAULT)));
    } catch (MalformedJsonException e) {
      throw new AssertionError("refused: " + new String(text, UTF_8), e);
    }
  }
}
