package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.server.mcp.ClientMessage.Batch;
import dev.interceptor.server.mcp.ClientMessage.Notification;
import dev.interceptor.server.mcp.ClientMessage.Request;
import dev.interceptor.server.mcp.ClientMessage.Response;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMessageTest {
  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"ping\"}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1|1",
        "\"1\"|\"1\"",
        "-0|0",
        "7.0|7",
        "\"\"|\"\"",
        "9007199254740991|9007199254740991",
        "-9007199254740991|-9007199254740991"
      })
  void anIdIsEchoedWithTheTypeItCameWith(String id, String echoed) throws Exception {
    Request request = (Request) Posts.parse(PING.formatted(id));
    assertThat(request.id().json()).hasToString(echoed);
    assertThat(RpcError.methodNotFound().envelope(request.id()).path("id")).hasToString(echoed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "1.5", "true", "[]", "{}", "\"\\ud83d\"", "9007199254740992", "1e300"})
  void anIdOfAnotherKindIsRefused(String id) {
    RefusedMessage refused = refusal(PING.formatted(id));
    assertThat(refused.error().status()).isEqualTo(400);
    assertThat(refused.body().has("id")).isFalse();
  }

  @Test
  void anIdOfMoreThan256CharactersIsRefused() throws Exception {
    assertThat(Posts.parse(PING.formatted("\"" + "x".repeat(256) + "\"")))
        .isInstanceOf(Request.class);
    assertThat(refusal(PING.formatted("\"" + "x".repeat(257) + "\"")).error().code())
        .isEqualTo(-32600);
  }

  @Test
  void withoutAnIdItIsANotification() throws Exception {
    assertThat(Posts.parse("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"))
        .isEqualTo(new Notification("notifications/initialized", JsonObject.EMPTY));
  }

  @Test
  void withAResultOrAnErrorItIsAResponse() throws Exception {
    var id = new RequestId(new TextOrInteger.Text("a"));
    assertThat(Posts.parse("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{}}"))
        .isEqualTo(new Response(id, Optional.of(JsonObject.EMPTY), Optional.empty()));
    assertThat(Posts.parse("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{}}"))
        .isEqualTo(new Response(id, Optional.empty(), Optional.of(JsonObject.EMPTY)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "7",
        "null",
        "\"tools/call\"",
        "{\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":null}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[]}",
        "{\"jsonrpc\":\"2.0\",\"result\":{}}"
      })
  void whatIsNoMessageIsRefusedAsAnInvalidRequest(String body) {
    RefusedMessage refused = refusal(body);
    assertThat(refused.error().status()).isEqualTo(400);
    assertThat(refused.error().code()).isEqualTo(-32600);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}{}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"\\u0069d\":2,\"method\":\"ping\"}",
        "\ufeff{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"
      })
  void whatIsNotJsonToEveryParserIsRefusedAsSuch(String body) {
    assertThat(refusal(body).error().code()).isEqualTo(-32700);
  }

  @Test
  void aRefusalCarriesTheIdWhereItCouldBeRead() {
    assertThat(refusal("{\"jsonrpc\":\"1.0\",\"id\":\"x\",\"method\":\"ping\"}").body())
        .hasToString(
            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"`jsonrpc` is not"
                + " \\\"2.0\\\": write \\\"jsonrpc\\\": \\\"2.0\\\"\"},\"id\":\"x\"}");
  }

  @Test
  void aBatchHasOneToFiftyMessages() throws Exception {
    assertThat(Posts.parse(batch(50))).isInstanceOf(Batch.class);
    assertThat(refusal(batch(51)).error().code()).isEqualTo(-32600);
    assertThat(refusal("[]").error().code()).isEqualTo(-32600);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[7]",
        "[[]]",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},{}]",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}]",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},"
            + "{\"jsonrpc\":\"2.0\",\"id\":1.0,\"method\":\"ping\"}]"
      })
  void oneFaultRefusesTheWholeBatch(String body) {
    RefusedMessage refused = refusal(body);
    assertThat(refused.error().code()).isEqualTo(-32600);
    assertThat(refused.body().has("id")).isFalse();
  }

  @Test
  void aRefusalRepeatsNothingOfTheRequest() {
    RefusedMessage refused =
        refusal("{\"jsonrpc\":\"2.0\",\"id\":[\"s3cret\"],\"method\":[\"s3cret\"]}");
    assertThat(refused.body().toString()).doesNotContain("s3cret");
  }

  private static String batch(int size) {
    return IntStream.range(0, size).mapToObj(i -> PING.formatted(i)).toList().toString();
  }

  private static RefusedMessage refusal(String body) {
    RefusedMessage refused = catchThrowableOfType(RefusedMessage.class, () -> Posts.parse(body));
    assertThat(refused).as(body).isNotNull();
    return refused;
  }
}
