package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// INVARIANT (SameDecisionEverywhere): one call gets one decision, whichever way it comes, and what
/// a session has touched on one way counts on the others.
class SameDecisionEverywhereTest {
  private static final String LEAK =
      "{\"to\":[\"a@elsewhere.example\"],\"subject\":\"s\",\"body\":\"b\"}";
  private static final String WIRE =
      "{\"recipient\":\"DE89370400440532013000\",\"amount\":%s,\"currency\":\"EUR\"}";

  private final DevStack stack = SharedStack.get();

  /// A way to call a tool.
  enum Way {
    PROXY {
      @Override
      String call(DevStack stack, Optional<String> session, String tool, String arguments)
          throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
          String named = session.map("\"session_id\":\"%s\","::formatted).orElse("");
          HttpResponse<String> response =
              http.send(
                  HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/execute"))
                      .header("Content-Type", "application/json")
                      .header("X-API-Key", stack.apiKey())
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              "{%s\"tool_name\":\"%s\",\"args\":%s}"
                                  .formatted(named, tool, arguments)))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
          JsonNode body = McpWire.parsed(response.body());
          return response.statusCode() == 200 ? "allow" : body.path("reason").asText();
        }
      }
    },
    MODERN {
      @Override
      String call(DevStack stack, Optional<String> session, String tool, String arguments)
          throws IOException, InterruptedException {
        try (McpWire client = new McpWire(stack.url() + "/mcp", stack.apiKey(), session)) {
          return verdict(client.modernCall(tool, arguments));
        }
      }
    },
    LEGACY {
      @Override
      String call(DevStack stack, Optional<String> session, String tool, String arguments)
          throws IOException, InterruptedException {
        try (McpWire client = new McpWire(stack.url() + "/mcp", stack.apiKey(), session)) {
          client.initialize("2025-06-18");
          return verdict(client.legacyCall(tool, arguments));
        }
      }
    };

    /// `allow`, or the reason of the denial.
    abstract String call(DevStack stack, Optional<String> session, String tool, String arguments)
        throws IOException, InterruptedException;

    static String verdict(McpWire.Answer answer) {
      assertThat(answer.status()).isEqualTo(200);
      return answer.isDenied() ? answer.reason() : "allow";
    }
  }

  static Stream<Arguments> pairs() {
    return Stream.of(Way.values())
        .flatMap(first -> Stream.of(Way.values()).map(second -> Arguments.of(first, second)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatOneWayReadsClosesTheSinkOnTheOther(Way first, Way second)
      throws IOException, InterruptedException {
    Optional<String> session = Optional.of(UUID.randomUUID().toString());
    assertThat(second.call(stack, session, "send_email", LEAK)).isEqualTo("allow");
    assertThat(first.call(stack, session, "read_customer", "{\"id\":\"c-1001\"}"))
        .isEqualTo("allow");
    assertThat(second.call(stack, session, "send_email", LEAK)).isEqualTo("TAINTED");
    assertThat(second.call(stack, session, "wire_transfer", WIRE.formatted(10))).isEqualTo("allow");
    assertThat(
            first.call(stack, session, "web_fetch", "{\"url\":\"https://news.example/markets\"}"))
        .isEqualTo("allow");
    assertThat(second.call(stack, session, "wire_transfer", WIRE.formatted(10)))
        .isEqualTo("TAINTED");
  }

  @Test
  void everyWayGivesTheSameAnswer() throws IOException, InterruptedException {
    record Call(String tool, String arguments, String verdict) {}
    List<Call> calls =
        List.of(
            new Call("list_customers", "{}", "allow"),
            new Call("run_shell", "{\"command\":\"id\"}", "TOOL_DENIED"),
            new Call("wire_transfer", WIRE.formatted(5000), "RULE_BLOCKED"),
            new Call("wire_transfer", WIRE.formatted(12.5), "allow"),
            new Call("no_such_tool", "{}", "TOOL_NOT_LISTED"));
    for (Call call : calls) {
      for (Way way : Way.values()) {
        Optional<String> session = Optional.of(UUID.randomUUID().toString());
        assertThat(way.call(stack, session, call.tool(), call.arguments()))
            .as("%s by way of %s", call.tool(), way)
            .isEqualTo(call.verdict());
      }
    }
  }

  @Test
  void withoutASessionsNameAllWaysShareTheKeysOwn() throws IOException, InterruptedException {
    for (Way way : Way.values()) {
      way.call(stack, Optional.empty(), "redact", "{\"text\":\"x\"}");
      assertThat(way.call(stack, Optional.empty(), "read_customer", "{\"id\":\"c-1001\"}"))
          .isEqualTo("allow");
      for (Way other : Way.values()) {
        assertThat(other.call(stack, Optional.empty(), "send_email", LEAK))
            .as("read by way of %s, sent by way of %s", way, other)
            .isEqualTo("TAINTED");
      }
    }
  }
}
