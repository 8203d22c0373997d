package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.upstream.ArgumentMirrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamHeadersTest {
  private static final ArgumentMirrors MIRRORS =
      Posts.mirrors(
          """
          {"properties":{
            "region":{"type":"string","x-mcp-header":"Region"},
            "deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},
            "dry":{"type":"boolean","x-mcp-header":"Dry"}}}\
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"region\":\"eu\"}|Region|eu",
        "{\"region\":\"eu\"}|REGION|` eu\t`",
        "{\"region\":\"eu\"}|Region|=?base64?ZXU=?=",
        "{\"region\":\"\"}|Region|``",
        "{\"region\":\"grün\"}|Region|=?base64?Z3LDvG4=?=",
        "{\"region\":\"=?BASE64?eA==?=\"}|Region|=?BASE64?eA==?=",
        "{\"deep\":{\"n\":42}}|N|42",
        "{\"deep\":{\"n\":42}}|N|42.0",
        "{\"deep\":{\"n\":42.0}}|N|42",
        "{\"deep\":{\"n\":-9007199254740991}}|N|-9007199254740991",
        "{\"dry\":false}|Dry|false"
      })
  void aHeaderThatRepeatsItsArgumentIsAccepted(String arguments, String header, String value)
      throws Exception {
    accept(arguments, Lines.modernCall().with("Mcp-Param-" + header, value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"region\":\"eu\"}|Region|us",
        "{\"region\":\"eu\"}|Region|EU",
        "{\"region\":\"eu\"}|Region|=?base64?ZXU?=",
        "{\"region\":\"eu\"}|Region|=?base64?ZXV=?=",
        "{\"region\":\"eu\"}|Region|=?base64?Z X U=?=",
        "{\"region\":\"ü\"}|Region|=?base64?/A==?=",
        "{\"region\":\"ü\"}|Region|ü",
        "{\"region\":\"=?base64?eA==?=\"}|Region|=?base64?eA==?=",
        "{\"deep\":{\"n\":42}}|N|43",
        "{\"deep\":{\"n\":42}}|N|042",
        "{\"deep\":{\"n\":42}}|N|+42",
        "{\"deep\":{\"n\":42}}|N|0x2a",
        "{\"deep\":{\"n\":9007199254740991}}|N|9007199254740991.4",
        "{\"deep\":{\"n\":42}}|N|``",
        "{\"dry\":false}|Dry|False",
        "{\"dry\":false}|Dry|0",
        "{\"region\":null}|Region|null",
        "{\"region\":null}|Region|``",
        "{}|Region|eu",
        "{\"deep\":7}|N|7",
        "{\"region\":{}}|Region|{}"
      })
  void aHeaderThatSaysSomethingElseIsRefused(String arguments, String header, String value) {
    assertThat(code(arguments, Lines.modernCall().with("Mcp-Param-" + header, value)))
        .isEqualTo(-32020);
  }

  @Test
  void anArgumentWithoutItsHeaderIsRefused() {
    RefusedMessage refused =
        Posts.refusal(Posts.call("{\"region\":\"eu\"}"), Lines.modernCall(), MIRRORS);
    assertThat(refused.error().code()).isEqualTo(-32020);
    assertThat(refused.error().message()).contains("Mcp-Param-Region").doesNotContain("eu");
  }

  @Test
  void absentAndNullArgumentsNeedNone() throws Exception {
    accept("{\"region\":null,\"deep\":{}}", Lines.modernCall());
  }

  @Test
  void aHeaderSentTwiceIsRefusedEvenIfBothAgree() {
    Lines twice = Lines.modernCall().with("Mcp-Param-Region", "eu").with("mcp-param-region", "eu");
    assertThat(code("{\"region\":\"eu\"}", twice)).isEqualTo(-32020);
    assertThat(code("{}", Lines.modernCall().with("Mcp-Param-X", "1").with("Mcp-Param-X", "1")))
        .isEqualTo(-32020);
  }

  @Test
  void headersThatTheSchemaDoesNotKnowAreAccepted() throws Exception {
    accept(
        "{\"region\":\"eu\"}",
        Lines.modernCall()
            .with("Mcp-Param-Region", "eu")
            .with("Mcp-Param-Tenant", "=?base64?Z3LDvG4=?="));
  }

  @Test
  void atMost32UnknownHeadersOfAtMost1KiBAreAccepted() throws Exception {
    Lines headers = Lines.modernCall();
    for (int i = 0; i < 32; i++) {
      headers = headers.with("Mcp-Param-X" + i, "v".repeat(1024));
    }
    accept("{}", headers);
    assertThat(code("{}", headers.with("Mcp-Param-One-More", "v"))).isEqualTo(-32020);
    assertThat(code("{}", Lines.modernCall().with("Mcp-Param-X", "v".repeat(1025))))
        .isEqualTo(-32020);
    assertThat(code("{}", Lines.modernCall().with("Mcp-Param-X", "ü"))).isEqualTo(-32020);
  }

  private static void accept(String arguments, Lines headers) throws RefusedMessage {
    assertThat(Posts.accept(Posts.call(arguments), headers, MIRRORS))
        .isInstanceOf(Inbound.Modern.class);
  }

  private static int code(String arguments, Lines headers) {
    return Posts.refusal(Posts.call(arguments), headers, MIRRORS).error().code();
  }
}
