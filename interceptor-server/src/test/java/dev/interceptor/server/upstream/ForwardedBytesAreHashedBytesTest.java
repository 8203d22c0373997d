package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.ScriptedServer.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedBytesAreHashedBytesTest {
  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"b\":[1.50,1e3,-0.0],\"a\":{\"z\":null,\"y\":true}}",
        "{\"text\":\"quote \\\" slash \\\\ \\u0007 \\u20ac 😀 </script>\"}",
        "{\"\\u00e9\":1,\"e\\u0301\":2,\"_meta\":{},\"arguments\":{}}"
      })
  void bothErasSendExactlyTheBytesOfTheDigest(String arguments) throws IOException {
    try (var modern = ScriptedServer.modern((r, w) -> w.result(r, "{\"content\":[]}"));
        var legacy = ScriptedServer.legacy((r, w) -> w.result(r, "{\"content\":[]}"))) {
      check(modern, arguments);
      check(legacy, arguments);
    }
  }

  private void check(ScriptedServer server, String arguments) {
    try (ToolServer client = open(server)) {
      AuthorizedCall call = calls.to(client, "t", arguments);
      assertThat(client.forward(call)).isInstanceOf(ToolReply.Completed.class);
      String sent = server.received("tools/call").getFirst().text();
      String forwarded =
          between(
              sent,
              "\"params\":{\"name\":\"t\",\"arguments\":",
              sent.contains("\"_meta\":{\"io.") ? ",\"_meta\":{\"io." : "}}");
      assertThat(Sha256.of(forwarded.getBytes(StandardCharsets.UTF_8)))
          .isEqualTo(call.call().arguments().digest());
    }
  }

  @Test
  void whatACallGoesOnWithIsSentAsItWasHashed() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, "{\"content\":[]}"));
        ToolServer client = open(server)) {
      AuthorizedCall call =
          calls.goingOn(
              client, "t", "{}", "{\"requestState\":null,\"inputResponses\":{\"b\":1.0}}");
      client.forward(call);
      String sent = server.received("tools/call").getFirst().text();
      String forwarded = "{" + between(sent, "\"arguments\":{},", ",\"_meta\":{\"io.") + "}";
      assertThat(forwarded).isEqualTo("{\"inputResponses\":{\"b\":1},\"requestState\":null}");
      assertThat(call.call().continuation().orElseThrow().digest())
          .isEqualTo(Sha256.of(forwarded.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void theHeadersAreBuiltFromNothing() throws IOException {
    try (var server =
            ScriptedServer.modern((r, w) -> w.result(r, "{\"content\":[]}", "Set-Cookie: a=b"));
        ToolServer client = open(server)) {
      AuthorizedCall call = calls.to(client, "t", "{}");
      client.forward(call);
      client.forward(calls.to(client, "t", "{}"));
      Received second = server.received("tools/call").get(1);
      assertThat(second.headers().keySet())
          .containsExactlyInAnyOrder(
              "host",
              "connection",
              "content-length",
              "content-type",
              "accept",
              "accept-encoding",
              "authorization",
              "mcp-protocol-version",
              "mcp-method",
              "mcp-name");
      assertThat(server.received("tools/call").getFirst().header("Authorization"))
          .contains("Bearer " + call.token());
      assertThat(server.received("tools/list").getFirst().header("Authorization")).isEmpty();
    }
  }

  private static ToolServer open(ScriptedServer server) {
    return ToolServer.open(
        UpstreamConfig.of(new UpstreamName("up"), server.url()), InstantSource.system());
  }

  private static String between(String text, String before, String after) {
    int from = text.indexOf(before) + before.length();
    return text.substring(from, text.lastIndexOf(after));
  }
}
