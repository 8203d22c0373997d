package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    },
    /// A model's call. The client runs it, and tells the model what came of it.
    CHAT {
      @Override
      String call(DevStack stack, Optional<String> session, String tool, String arguments)
          throws IOException, InterruptedException {
        String offer =
            "\"model\":\"obedient\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"%s\"}}]"
                .formatted(tool);
        JsonNode answer =
            model(
                stack,
                session,
                "chat/completions",
                "{" + offer + ",\"messages\":[" + order(tool, arguments) + "]}");
        JsonNode message = answer.path("choices").path(0).path("message");
        return verdict(message.path("tool_calls").size(), message.path("content").asText());
      }
    },
    RESPONSES {
      @Override
      String call(DevStack stack, Optional<String> session, String tool, String arguments)
          throws IOException, InterruptedException {
        JsonNode answer =
            model(
                stack,
                session,
                "responses",
                "{\"model\":\"obedient\",\"tools\":[{\"type\":\"function\",\"name\":\"%s\"}],\"input\":[%s]}"
                    .formatted(tool, order(tool, arguments)));
        JsonNode first = answer.path("output").path(0);
        return verdict(
            first.path("type").asText().equals("function_call") ? 1 : 0,
            first.path("content").path(0).path("text").asText());
      }
    };

    static String order(String tool, String arguments) {
      ObjectNode order = JsonNodeFactory.instance.objectNode();
      ObjectNode call = order.putArray("calls").addObject().put("name", tool);
      call.set("arguments", McpWire.parsed(arguments));
      ObjectNode message = JsonNodeFactory.instance.objectNode().put("role", "user");
      return message.put("content", order.toString()).toString();
    }

    static JsonNode model(DevStack stack, Optional<String> session, String path, String body)
        throws IOException, InterruptedException {
      try (HttpClient http = HttpClient.newHttpClient()) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(stack.url() + "/v1/" + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + stack.apiKey())
                .POST(HttpRequest.BodyPublishers.ofString(body));
        session.ifPresent(id -> request.header("X-Session-Id", id));
        HttpResponse<String> response =
            http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return McpWire.parsed(response.body());
      }
    }

    static String verdict(int calls, String said) {
      Matcher reason = Pattern.compile("\\(([A-Z_]+)\\)").matcher(said);
      return calls == 1 ? "allow" : reason.find() ? reason.group(1) : said;
    }

    /// `allow`, or the reason of the denial.
    abstract String call(DevStack stack, Optional<String> session, String tool, String arguments)
        throws IOException, InterruptedException;

    /// A failure after the first second comes in a stream that has begun with 200.
    static String verdict(McpWire.Answer answer) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.error().isMissingNode()).as(answer.last().toString()).isTrue();
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
