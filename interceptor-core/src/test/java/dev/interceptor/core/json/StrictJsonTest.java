package dev.interceptor.core.json;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
  private static final String INEXACT =
      "number does not fit an IEEE 754 double exactly; send it as a string";
  private static final String BEYOND = "integer beyond 2^53-1; send it as a string";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"a":1,"a":2}         | duplicate member name at byte 7
          {"a":1,"\\u0061":2}   | duplicate member name at byte 7
          [{"k":1,"k":1}]       | duplicate member name at byte 8
          {"a":1,}              | nothing follows the comma at byte 7
          [1,]                  | nothing follows the comma at byte 3
          [1 2]                 | expected a comma or a closing bracket at byte 3
          {"a":1 "b":2}         | expected a comma or a closing brace at byte 7
          {"a" 1}               | expected a colon after the member name at byte 5
          {a:1}                 | expected a member name in double quotes at byte 1
          {"a":1} {}            | more text after the end of the value at byte 8
          {"a":1}//x            | more text after the end of the value at byte 7
          [                     | text ends where a value is expected at byte 1
          "abc                  | text ends inside a string at byte 4
          "\\x"                 | unknown escape in a string at byte 1
          "\\u12g4"             | expected four hex digits after \\u at byte 5
          "a\\ud800"            | lone surrogate in a string at byte 2
          "a\\udc00\\ud800"     | lone surrogate in a string at byte 2
          "\\ud83d\\ud83d"      | lone surrogate in a string at byte 1
          -01                   | number with a leading zero at byte 1
          1.                    | expected a digit at byte 2
          1e                    | expected a digit at byte 2
          +1                    | expected a value at byte 0
          NaN                   | expected a value at byte 0
          tru                   | expected a value at byte 0
          """)
  void aRefusalSaysWhatWasFoundWhere(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessage(message);
  }

  @Test
  void anEmptyTextIsRefused() {
    assertThatThrownBy(() -> parse(""))
        .hasMessage("text is empty; a JSON value is required at byte 0");
    assertThatThrownBy(() -> parse(" \n"))
        .hasMessage("text is empty; a JSON value is required at byte 2");
  }

  @Test
  void otherEncodingsAreRefused() {
    assertThatThrownBy(() -> parse("\uFEFF{}"))
        .hasMessage("byte order mark; send UTF-8 without one at byte 0");
    assertThatThrownBy(() -> StrictJson.parse("{}".getBytes(UTF_16LE), JsonLimits.DEFAULT))
        .hasMessage("text is not UTF-8; send UTF-8 at byte 0");
  }

  /// Overlong forms, surrogates, code points past 10FFFF, stray and missing continuation bytes.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "c0af",
        "c1bf",
        "e080af",
        "e09fbf",
        "f08080af",
        "f08fbfbf",
        "eda080",
        "edbfbf",
        "f4908080",
        "f5808080",
        "ff",
        "fe",
        "80",
        "bf",
        "c2",
        "e282",
        "f09f98",
        "c328",
        "e228a1",
        "e28228",
        "f0288cbc",
        "f0908c28",
        "c3",
        "e0a0",
        "f888808080"
      })
  void invalidUtf8IsRefused(String hex) {
    byte[] text = HexFormat.of().parseHex("22" + hex + "22");
    assertThatThrownBy(() -> StrictJson.parse(text, JsonLimits.DEFAULT))
        .isInstanceOf(MalformedJsonException.class)
        .message()
        .containsAnyOf("invalid UTF-8", "surrogate encoded as UTF-8");
    byte[] cut = HexFormat.of().parseHex("22" + hex);
    assertThatThrownBy(() -> StrictJson.parse(cut, JsonLimits.DEFAULT))
        .isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void everyCodePointIsReadBack() throws Exception {
    for (int c = 0x20; c <= Character.MAX_CODE_POINT; c++) {
      if (c == '"' || c == '\\' || (c >= 0xD800 && c <= 0xDFFF)) {
        continue;
      }
      String text = Character.toString(c);
      assertThat(parse("\"" + text + "\"")).isEqualTo(new JsonString(text));
    }
  }

  @Test
  void everyRawControlCharacterIsRefused() {
    for (char c = 0; c < 0x20; c++) {
      String text = "\"a" + c + "\"";
      assertThatThrownBy(() -> parse(text))
          .hasMessage("raw control character in a string; escape it at byte 2");
    }
  }

  @Test
  void escapesAreResolved() throws Exception {
    assertThat(parse("\"é\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00é\""))
        .isEqualTo(new JsonString("é\"\\/\b\f\n\r\té\uD83D\uDE00é"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0e5, 0",
    "0e999999999999, 0",
    "1.0, 1",
    "1E2, 100",
    "100e-2, 1",
    "9007199254740991, 9007199254740991",
    "-9007199254740991, -9007199254740991",
    "0.1, 0.1",
    "0.30000000000000004, 0.30000000000000004",
    "1e22, 1e+22",
    "123e45, 1.23e+47",
    "5e-324, 5e-324",
    "1e-323, 1e-323",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "1e-7, 1e-7",
    "0.000001, 0.000001",
    "-1e21, -1e+21",
    "0.0000000000000000000000001e25, 1"
  })
  void aNumberThatIsExactlyADoubleIsAccepted(String literal, String canonical) throws Exception {
    assertThat(new String(CanonicalJson.bytes(parse(literal)), UTF_8)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.1000000000000000055511151231257827",
        "0.10000000000000001",
        "9007199254740993",
        "1e999",
        "-1e999",
        "1e999999999",
        "1e99999999999999999999",
        "1e-999999999",
        "1e-400",
        "4.9e-324",
        "2e-324",
        "1.7976931348623159e308",
        "0.3000000000000000444",
        "1.00000000000000001e5"
      })
  void aNumberThatADoubleCannotHoldIsRefused(String literal) {
    assertThatThrownBy(() -> parse("[" + literal + "]")).hasMessage(INEXACT + " at byte 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740992", "-9007199254740992", "9007199254740992.0", "9.007199254740992e15",
        "100000000000000000000", "1e20", "1000000000000000000000", "12345678901234567890"
      })
  void anIntegerBeyondTheSafeRangeIsRefusedInEverySpelling(String literal) {
    assertThatThrownBy(() -> parse("[" + literal + "]")).hasMessage(BEYOND + " at byte 1");
  }

  @Test
  void theNextIntegerIsRefusedAsInexact() {
    assertThatThrownBy(() -> parse("9007199254740993")).hasMessage(INEXACT + " at byte 0");
  }

  @Test
  void theLimitsHoldToTheUnit() throws Exception {
    JsonLimits limits = new JsonLimits(3, 9);
    assertThat(StrictJson.parse("[[[1]]]  ".getBytes(UTF_8), limits)).isInstanceOf(JsonArray.class);
    assertThatThrownBy(() -> StrictJson.parse("[[[[]]]]".getBytes(UTF_8), limits))
        .hasMessage("nested deeper than 3 levels at byte 3");
    assertThatThrownBy(() -> StrictJson.parse("[[[1]]]   ".getBytes(UTF_8), limits))
        .hasMessage("text is longer than 9 bytes at byte 9");
  }

  @Test
  void parseObjectTakesNothingButAnObject() throws Exception {
    assertThat(
            StrictJson.parseObject(" {\"a\":null} ".getBytes(UTF_8), JsonLimits.DEFAULT).members())
        .containsOnlyKeys("a");
    for (String text : new String[] {"null", "[]", "\"x\"", "1"}) {
      assertThatThrownBy(() -> StrictJson.parseObject(text.getBytes(UTF_8), JsonLimits.DEFAULT))
          .hasMessage("expected a JSON object at byte 0");
    }
  }

  @Test
  void membersKeepTheirOrderAndCannotBeChanged() throws Exception {
    JsonObject object = (JsonObject) parse("{\"b\":1,\"a\":2,\"c\":3}");
    assertThat(object.members().keySet()).containsExactly("b", "a", "c");
    assertThat(object).isEqualTo(parse("{\"a\":2,\"c\":3,\"b\":1}"));
    assertThatThrownBy(() -> object.members().put("d", JsonNull.NULL))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> object.members().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aLoneSurrogateCannotEnterFromJavaEither() {
    assertThatThrownBy(() -> new JsonString("a\uD800b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new JsonObject(java.util.Map.of("\uDC00", JsonNull.NULL)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static JsonValue parse(String text) throws MalformedJsonException {
    return StrictJson.parse(text.getBytes(UTF_8), JsonLimits.DEFAULT);
  }
}
