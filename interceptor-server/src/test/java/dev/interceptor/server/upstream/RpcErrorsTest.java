package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RpcErrorsTest {
  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @ParameterizedTest
  @CsvSource({
    "200,-32602,-32602",
    "400,-32602,-32602",
    "404,-32602,-32602",
    "200,-32002,-32602",
    "200,-32000,-32000",
    "200,-32603,-32603",
    "200,42,42",
    "400,-32021,-32021"
  })
  void anErrorAboutTheCallIsPassedOn(int status, int code, int passed) throws IOException {
    assertThat(reply("t", status, code).toString())
        .isEqualTo(
            "RpcError[error={\"code\":"
                + passed
                + ",\"message\":\"no\"}, operatorDetail=HTTP "
                + status
                + ", JSON-RPC error "
                + code
                + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "200,-32700",
    "400,-32700",
    "400,-32600",
    "200,-32601",
    "404,-32601",
    "400,-32000",
    "404,-32000",
    "404,-32001",
    "400,-32020",
    "400,-32022",
    "200,-32042",
    "401,-32602",
    "403,-32602",
    "429,-32602",
    "500,-32603",
    "503,-32602"
  })
  void anErrorAboutTheConnectionIsARefusal(int status, int code) throws IOException {
    assertThat(reply("t", status, code))
        .isEqualTo(
            new ToolReply.Failed(Fault.REFUSED, "HTTP " + status + ", JSON-RPC error " + code));
  }

  @Test
  void aMethodThatTheServerDoesNotKnowIsPassedOn() throws IOException {
    assertThat(reply("prompts/get", 404, -32601)).isInstanceOf(ToolReply.RpcError.class);
  }

  @Test
  void whatAnErrorSaysStays() throws IOException {
    String error =
        "{\"code\":-32021,\"message\":\"ask\",\"data\":{\"requiredCapabilities\":{\"roots\":{}}}}";
    assertThat(answered(400, error))
        .isInstanceOfSatisfying(
            ToolReply.RpcError.class,
            passed -> assertThat(passed.error().toString()).isEqualTo(error));
  }

  @Test
  void aLongMessageIsCutBetweenCharacters() throws IOException {
    String long4095 = "x".repeat(4095);
    String error = "{\"code\":1,\"message\":\"" + long4095 + "😀😀\"}";
    assertThat(answered(200, error))
        .isInstanceOfSatisfying(
            ToolReply.RpcError.class,
            passed -> assertThat(passed.error().path("message").textValue()).isEqualTo(long4095));
  }

  @Test
  void aCodeThatIsNoNumberOfOursIsNoError() throws IOException {
    assertThat(answered(200, "{\"code\":18446744073709519594,\"message\":\"\"}"))
        .isInstanceOf(ToolReply.Unknown.class);
  }

  private ToolReply answered(int status, String error) throws IOException {
    try (var server =
            ScriptedServer.modern((r, w) ->
                w.json(
                    status,
                    "{\"jsonrpc\":\"2.0\",\"id\":" + r.id() + ",\"error\":" + error + "}"));
        ToolServer client = Clients.of(server)) {
      return client.forward(calls.to(client, "t", "{}"));
    }
  }

  private ToolReply reply(String tool, int status, int code) throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.error(r, status, code));
        ToolServer client = Clients.of(server, Feature.PROMPTS)) {
      return client.forward(calls.to(client, tool, "{}"));
    }
  }
}
