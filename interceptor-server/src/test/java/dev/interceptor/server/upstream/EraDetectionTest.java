package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EraDetectionTest {
  private static final String TOOLS = "{\"tools\":[{\"name\":\"t\"}]}";

  @Test
  void aDiscoverResultMeansModern() throws IOException {
    try (var server =
        answeringProbe((r, w) -> w.result(r, "{\"supportedVersions\":[\"2026-07-28\"]}"))) {
      list(server);
      assertThat(server.received("initialize")).isEmpty();
      assertThat(server.received("tools/list").getFirst().header("Mcp-Method"))
          .contains("tools/list");
    }
  }

  @Test
  void anUnsupportedVersionErrorThatListsOursMeansModern() throws IOException {
    try (var server =
        answeringProbe((r, w) ->
            w.json(
                400,
                "{\"jsonrpc\":\"2.0\",\"id\":"
                    + r.id()
                    + ",\"error\":{\"code\":-32022,\"message\":\"\",\"data\":{\"supported\":"
                    + "[\"2026-07-28\"]}}}"))) {
      list(server);
      assertThat(server.received("initialize")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 406, 415})
  void anyOtherClientErrorMeansLegacy(int status) throws IOException {
    try (var server = answeringProbe((_, w) -> w.answer(status, "text/plain", "no"))) {
      list(server);
      assertThat(server.received("initialize")).hasSize(1);
      assertThat(server.received("notifications/initialized")).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-32601, -32000, -32020, -32021, -32022})
  void anErrorThatProvesNothingMeansLegacy(int code) throws IOException {
    try (var server = answeringProbe((r, w) -> w.error(r, 200, code))) {
      list(server);
      assertThat(server.received("initialize")).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 502, 503})
  void aRefusalOrAnOutageIsNoVerdict(int status) throws IOException {
    try (var server = answeringProbe((_, w) -> w.answer(status, "text/plain", "no"))) {
      assertThat(failure(server.url())).isEqualTo(ErrorCode.UPSTREAM_PROTOCOL);
      assertThat(server.received("initialize")).isEmpty();
    }
  }

  @Test
  void silenceIsAnOutage() throws IOException {
    try (var server = answeringProbe((_, _) -> {})) {
      assertThat(failure(server.url(), Duration.ofSeconds(3)))
          .isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
      assertThat(server.received("initialize")).isEmpty();
    }
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() {
    URI nobody = URI.create("http://127.0.0.1:1/mcp");
    assertThat(failure(nobody)).isEqualTo(ErrorCode.UPSTREAM_UNREACHABLE);
  }

  @Test
  void noCommonVersionIsAProtocolFailure() throws IOException {
    try (var server =
        answeringProbe((r, w) -> w.result(r, "{\"supportedVersions\":[\"2031-01-01\"]}"))) {
      assertThat(failure(server.url())).isEqualTo(ErrorCode.UPSTREAM_PROTOCOL);
    }
  }

  @Test
  void theVerdictIsRemembered() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, "{\"content\":[]}"));
        ToolServer client = open(server.url())) {
      AuthorizedCalls calls = AuthorizedCalls.create();
      for (int i = 0; i < 3; i++) {
        assertThat(client.forward(calls.to(client, "t", "{}")))
            .isInstanceOf(ToolReply.Completed.class);
      }
      assertThat(server.received("server/discover")).hasSize(1);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  private static ScriptedServer answeringProbe(Script probe) throws IOException {
    return ScriptedServer.start((request, wire) -> {
      switch (request.method()) {
        case "server/discover" -> probe.answer(request, wire);
        case "initialize" -> wire.result(request, "{\"protocolVersion\":\"2025-06-18\"}");
        case "notifications/initialized" -> wire.answer(202, "text/plain", "");
        default -> wire.result(request, TOOLS);
      }
    });
  }

  private static ToolServer open(URI url) {
    return open(url, UpstreamConfig.DEFAULT_TIMEOUT);
  }

  private static ToolServer open(URI url, Duration timeout) {
    return ToolServer.open(
        UpstreamConfig.of(new UpstreamName("up"), url).withTimeout(timeout),
        InstantSource.system());
  }

  private static void list(ScriptedServer server) {
    try (ToolServer client = open(server.url())) {
      assertThat(client.tools()).extracting(tool -> tool.name().value()).containsExactly("t");
    }
  }

  private static ErrorCode failure(URI url) {
    return failure(url, UpstreamConfig.DEFAULT_TIMEOUT);
  }

  private static ErrorCode failure(URI url, Duration timeout) {
    try (ToolServer client = open(url, timeout)) {
      return catchThrowableOfType(InterceptorException.class, client::tools).code();
    }
  }
}
