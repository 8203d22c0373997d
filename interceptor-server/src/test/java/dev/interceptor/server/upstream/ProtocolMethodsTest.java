package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.upstream.ScriptedServer.Received;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolMethodsTest {
  private static final Feature[] ALL = Feature.values();
  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources/read | {\"uri\":\"file:///a b\"} | file:///a b | {\"contents\":[]}",
        "resources/read | {\"uri\":\"file:///ü\"} | =?base64?ZmlsZTovLy/DvA==?= | {\"contents\":[]}",
        "prompts/get | {\"arguments\":{\"b\":\"1\",\"a\":\"2\"},\"name\":\"p\"} | p | {\"messages\":[]}",
        "completion/complete | {\"argument\":{\"name\":\"n\",\"value\":\"v\"},\"ref\":{}} |  | {\"completion\":{}}"
      })
  void aMethodIsSentAsItselfAroundTheSignedBytes(
      String method, String params, String name, String result) throws IOException {
    try (var modern = ScriptedServer.modern((r, w) -> w.result(r, result));
        var legacy = ScriptedServer.legacy((r, w) -> w.result(r, result))) {
      for (ScriptedServer server : new ScriptedServer[] {modern, legacy}) {
        try (ToolServer client = Clients.of(server, ALL)) {
          AuthorizedCall call = calls.to(client, method, params);
          assertThat(client.forward(call)).isInstanceOf(ToolReply.Completed.class);
          Received sent = server.received(method).getFirst();
          assertThat(sent.text()).contains(inner(call)).doesNotContain("tools/call");
          assertThat(sent.header("Authorization")).contains("Bearer " + call.token());
        }
      }
      Received sent = modern.received(method).getFirst();
      assertThat(sent.header("Mcp-Method")).contains(method);
      assertThat(sent.header("Mcp-Name")).isEqualTo(Optional.ofNullable(name));
      assertThat(sent.json().path("params").path("_meta").isObject()).isTrue();
      assertThat(legacy.received(method).getFirst().header("Mcp-Method")).isEmpty();
    }
  }

  /// The canonical bytes without the braces around them.
  private static String inner(AuthorizedCall call) {
    String canonical = new String(call.call().arguments().canonical(), StandardCharsets.UTF_8);
    return "\"params\":{" + canonical.substring(1, canonical.length() - 1);
  }

  @Test
  void aContinuationAndNoArgumentsStayOneObject() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, "{\"contents\":[]}"));
        ToolServer client = Clients.of(server, ALL)) {
      client.forward(calls.to(client, "resources/read", "{}"));
      client.forward(
          calls.goingOn(client, "resources/read", "{\"uri\":\"a:b\"}", "{\"requestState\":\"s\"}"));
      assertThat(server.received("resources/read").get(0).text())
          .contains("\"params\":{\"_meta\":{");
      assertThat(server.received("resources/read").get(1).text())
          .contains("\"params\":{\"uri\":\"a:b\",\"requestState\":\"s\",\"_meta\":{");
    }
  }

  @ParameterizedTest
  @CsvSource({"resources/read,contents", "prompts/get,messages", "completion/complete,completion"})
  void aResultWithoutWhatItsMethodPromisesIsAProtocolFault(String method, String member)
      throws IOException {
    try (var server =
            ScriptedServer.modern((r, w) -> w.result(r, "{\"" + member + "\":1,\"content\":[]}"));
        ToolServer client = Clients.of(server, ALL)) {
      assertThat(client.forward(calls.to(client, method, "{}")))
          .isInstanceOfSatisfying(
              ToolReply.Unknown.class,
              unknown -> assertThat(unknown.fault()).isEqualTo(Fault.PROTOCOL));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resources/read",
    "prompts/get",
    "completion/complete",
    "resources/subscribe",
  })
  void whatIsNotExposedIsNotSent(String method) throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, "{}"));
        ToolServer client = Clients.of(server)) {
      assertThat(client.forward(calls.to(client, method, "{}")))
          .isInstanceOf(ToolReply.NotDelivered.class);
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void aSubscriptionIsNeverForwarded() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, "{}"));
        ToolServer client = Clients.of(server, ALL)) {
      assertThat(client.forward(calls.to(client, "resources/subscribe", "{\"uri\":\"a:b\"}")))
          .isInstanceOf(ToolReply.NotDelivered.class);
      assertThat(server.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"_meta", "requestState", "inputResponses"})
  void aMemberThatTheInterceptorAddsCannotBeAnArgument(String member) throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, "{\"contents\":[]}"));
        ToolServer client = Clients.of(server, ALL)) {
      assertThat(client.forward(calls.to(client, "resources/read", "{\"" + member + "\":{}}")))
          .isInstanceOf(ToolReply.NotDelivered.class);
      assertThat(server.received("resources/read")).isEmpty();
    }
  }
}
