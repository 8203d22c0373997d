package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListsTest {
  @Test
  void everyPageIsReadOnceAndEntriesStayAsTheyAre() throws IOException {
    ScriptedServer.Script paged =
        (request, wire) -> {
          boolean first = request.json().path("params").path("cursor").isMissingNode();
          wire.result(
              request,
              first
                  ? "{\"prompts\":[{\"name\":\"a\",\"x\":1.10},{\"title\":\"nameless\"},7],"
                      + "\"nextCursor\":\"\"}"
                  : "{\"prompts\":[{\"name\":\"b\"}]}");
        };
    for (ScriptedServer server :
        List.of(ScriptedServer.modern(paged), ScriptedServer.legacy(paged))) {
      try (server;
          ToolServer client = Clients.of(server)) {
        assertThat(client.listed(Listed.PROMPTS))
            .extracting(Object::toString)
            .containsExactly("{\"name\":\"a\",\"x\":1.10}", "{\"name\":\"b\"}");
        client.listed(Listed.PROMPTS);
        assertThat(server.received("prompts/list")).hasSize(2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RESOURCES,resources/list,resources,uri",
    "RESOURCE_TEMPLATES,resources/templates/list,resourceTemplates,uriTemplate"
  })
  void everyListHasItsOwnNames(Listed what, String method, String member, String identity)
      throws IOException {
    String entry = "{\"" + identity + "\":\"a:b\"}";
    try (var server =
            ScriptedServer.modern((r, w) -> w.result(r, "{\"" + member + "\":[" + entry + "]}"));
        ToolServer client = Clients.of(server)) {
      assertThat(client.listed(what)).extracting(Object::toString).containsExactly(entry);
      assertThat(server.received(method).getFirst().header("Mcp-Method")).contains(method);
    }
  }

  @ParameterizedTest
  @CsvSource({"200,-32601", "404,-32601", "404,-32000"})
  void aListThatTheServerDoesNotKnowIsEmpty(int status, int code) throws IOException {
    for (ScriptedServer server :
        List.of(
            ScriptedServer.modern((r, w) -> w.error(r, status, code)),
            ScriptedServer.legacy((r, w) -> w.error(r, status, code)))) {
      try (server;
          ToolServer client = Clients.of(server)) {
        assertThat(client.listed(Listed.RESOURCES)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"200,-32603", "500,-32601", "401,1401"})
  void anyOtherErrorIsNoEmptyList(int status, int code) throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.error(r, status, code));
        ToolServer client = Clients.of(server)) {
      assertThatThrownBy(() -> client.listed(Listed.RESOURCES))
          .isInstanceOf(InterceptorException.class);
    }
  }

  @Test
  void aListWithoutEndIsGivenUp() throws IOException {
    try (var server =
            ScriptedServer.modern(
                (r, w) -> w.result(r, "{\"prompts\":[],\"nextCursor\":\"" + r.id() + "\"}"));
        ToolServer client = Clients.of(server)) {
      assertThatThrownBy(() -> client.listed(Listed.PROMPTS))
          .isInstanceOf(InterceptorException.class);
      assertThat(server.received("prompts/list")).hasSize(100);
    }
  }
}
