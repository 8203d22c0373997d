package dev.interceptor.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Texts made to exhaust a parser. The time limits are far above what linear work needs and far
/// below what quadratic work would.
@Timeout(60)
class HostileJsonTest {
  private static final JsonLimits WIDEST = new JsonLimits(512, 64 * 1024 * 1024);

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":", "[0,", " [\n"})
  void aDepthBombIsRefusedAtTheLimit(String opening) {
    byte[] text = opening.repeat(100_000).getBytes(UTF_8);
    assertThatThrownBy(() -> StrictJson.parse(text, WIDEST))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageStartingWith("nested deeper than 512 levels");
  }

  @Test
  void theDeepestTextFitsASmallStack() throws Exception {
    byte[] text = ("[{\"a\":".repeat(256) + "1" + "}]".repeat(256)).getBytes(UTF_8);
    var outcome = new FutureTask<>(() -> StrictJson.parse(text, WIDEST));
    Thread thread = new Thread(null, outcome, "small stack", 256 * 1024);
    thread.start();
    assertThat(CanonicalJson.bytes(outcome.get())).isEqualTo(text);
  }

  @Test
  void aTreeOfAnyDepthIsWritten() {
    JsonValue tree = JsonNull.NULL;
    for (int i = 0; i < 100_000; i++) {
      tree = new JsonArray(List.of(tree));
    }
    assertThat(CanonicalJson.bytes(tree)).hasSize(200_004);
  }

  @Test
  void aMegabyteOfDigitsIsRefusedInTime() {
    int million = 1_000_000;
    List<String> literals =
        List.of(
            "9".repeat(million),
            "1" + "0".repeat(million),
            "0." + "1".repeat(million),
            "0." + "0".repeat(million) + "1",
            "1e" + "9".repeat(million),
            "1e-" + "9".repeat(million),
            "1." + "0".repeat(million) + "1");
    for (String literal : literals) {
      byte[] text = literal.getBytes(UTF_8);
      assertThatThrownBy(() -> StrictJson.parse(text, WIDEST))
          .isInstanceOf(MalformedJsonException.class);
    }
  }

  @Test
  void aMegabyteOfZerosThatMeansOneIsOne() throws Exception {
    String literal = "0." + "0".repeat(999_999) + "1" + "0".repeat(1_000) + "e1000000";
    assertThat(StrictJson.parse(literal.getBytes(UTF_8), WIDEST)).isEqualTo(new JsonNumber(1));
  }

  @Test
  void aMillionNamesOfOneHashCostLittleMoreThanOthers() throws Exception {
    int pairs = 20;
    StringBuilder text = new StringBuilder("{");
    for (int n = 0; n < 1_000_000; n++) {
      text.append(n == 0 ? "\"" : ",\"");
      for (int bit = 0; bit < pairs; bit++) {
        text.append((n >> bit & 1) == 0 ? "Aa" : "BB");
      }
      text.append("\":0");
    }
    byte[] bytes = text.append('}').toString().getBytes(UTF_8);
    JsonObject object = StrictJson.parseObject(bytes, WIDEST);
    assertThat(object.members()).hasSize(1_000_000);
    assertThat(object.members().keySet().stream().mapToInt(String::hashCode).distinct().limit(2))
        .hasSize(1);
  }

  @Test
  void aMillionEscapesOrMembersAreReadInTime() throws Exception {
    byte[] escapes = ("\"" + "\\u00e9\\n".repeat(1_000_000) + "\"").getBytes(UTF_8);
    assertThat(StrictJson.parse(escapes, WIDEST)).isInstanceOf(JsonString.class);
    byte[] members = ("[" + "{\"a\":1},".repeat(1_000_000) + "0]").getBytes(UTF_8);
    assertThat(StrictJson.parse(members, WIDEST)).isInstanceOf(JsonArray.class);
  }
}
