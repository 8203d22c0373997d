package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.server.upstream.HttpTransport.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentMirrorsTest {
  private static final String SCHEMA =
      """
      {"properties":{
        "region":{"type":"string","x-mcp-header":"Region"},
        "deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},
        "dry":{"type":"boolean","x-mcp-header":"Dry"}}}\
      """;

  @Test
  void annotatedArgumentsAreRepeatedInHeaders() throws Exception {
    assertThat(headers(SCHEMA, "{\"region\":\"eu 1\",\"deep\":{\"n\":42.0},\"dry\":false}"))
        .containsExactly(
            new Header("Mcp-Param-Region", "eu 1"),
            new Header("Mcp-Param-N", "42"),
            new Header("Mcp-Param-Dry", "false"));
  }

  @Test
  void absentAndNullArgumentsHaveNoHeader() throws Exception {
    assertThat(headers(SCHEMA, "{\"region\":null,\"deep\":{}}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"properties\":{\"a\":{\"type\":\"number\",\"x-mcp-header\":\"A\"}}}",
        "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"\"}}}",
        "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A B\"}}}",
        "{\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"x-mcp-header\":\"A\"}}}}",
        "{\"anyOf\":[{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"}}}]}",
        "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},"
            + "\"b\":{\"type\":\"string\",\"x-mcp-header\":\"a\"}}}"
      })
  void anAnnotationThatBreaksTheRulesMakesTheToolUnusable(String schema) throws Exception {
    assertThat(ArgumentMirrors.of(Messages.parse(utf8(schema)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "plain text|plain text",
        "''|''",
        "' padded'|'=?base64?IHBhZGRlZA==?='",
        "grün|'=?base64?Z3LDvG4=?='",
        "'=?base64?eA==?='|'=?base64?PT9iYXNlNjQ/ZUE9PT89?='",
        "'=?BASE64?eA==?='|'=?BASE64?eA==?='"
      })
  void valuesThatHeadersCannotCarryAreEncoded(String value, String header) {
    assertThat(HeaderValue.encode(value)).isEqualTo(header);
  }

  @Test
  void aLineBreakCannotStartAnotherHeader() {
    assertThat(HeaderValue.encode("a\r\nX-Evil: 1")).startsWith("=?base64?");
  }

  private static List<Header> headers(String schema, String arguments)
      throws UpstreamFault, MalformedJsonException {
    return ArgumentMirrors.of(Messages.parse(utf8(schema)))
        .orElseThrow()
        .headers(StrictJson.parseObject(utf8(arguments), JsonLimits.DEFAULT));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
