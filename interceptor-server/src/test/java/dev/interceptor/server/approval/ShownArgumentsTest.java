package dev.interceptor.server.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.Arguments;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ShownArgumentsTest {
  private static Arguments arguments(String json) throws MalformedJsonException {
    return Arguments.of(
        StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT));
  }

  @Test
  void theTextIsWhatTheDigestIsOf() throws MalformedJsonException {
    var shown = ShownArguments.of(arguments("{ \"b\": 1.0, \"a\": \"\u00e9\" }"));
    assertThat(shown.text()).contains("{\"a\":\"\u00e9\",\"b\":1}");
    assertThat(shown.bytes()).isEqualTo(16);
  }

  @Test
  void aTextOverTheBoundIsNotKept() throws MalformedJsonException {
    String longest = "x".repeat(ShownArguments.LONGEST - "{\"a\":\"\"}".length());
    assertThat(ShownArguments.of(arguments("{\"a\":\"" + longest + "\"}")).text()).isPresent();
    var over = ShownArguments.of(arguments("{\"a\":\"" + longest + "x\"}"));
    assertThat(over.text()).isEmpty();
    assertThat(over.bytes()).isEqualTo(ShownArguments.LONGEST + 1);
  }

  @Test
  void aReaderSeesWhatHidesOrTurnsText() throws MalformedJsonException {
    var shown =
        ShownArguments.of(
            arguments(
                "{\"to\":\"a\u202eb\u200bc\u00a0d\u0085e\udb40\udc41 \u00fc \ud83d\ude00\"}"));
    assertThat(shown.visibly())
        .contains(
            "{\"to\":\"a\\u202eb\\u200bc\\u00a0d\\u0085e\\udb40\\udc41 \u00fc \ud83d\ude00\"}");
  }

  @Test
  void aReaderSeesLettersThatShowNothing() throws MalformedJsonException {
    var shown = ShownArguments.of(arguments("{\"to\":\"a\u3164b\u2800c\ufe0fd\u115fe\"}"));
    assertThat(shown.visibly()).contains("{\"to\":\"a\\u3164b\\u2800c\\ufe0fd\\u115fe\"}");
  }
}
