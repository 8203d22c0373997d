package dev.interceptor.server.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls that the client runs and that are no plain functions, as policy and offer let them.
final class CallsOfTheClientTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CALLS =
      """
      {"items": [
        {"type":"shell_call","id":"i1","call_id":"c1","action":{"commands":["ls"]}},
        {"type":"function_call","id":"i2","call_id":"c2","namespace":"crm","name":"find",
         "arguments":"{}"},
        {"type":"function_call","id":"i3","call_id":"c3","name":"find","arguments":"{}"},
        {"type":"mcp_approval_request","id":"i4","server_label":"far","name":"roll",
         "arguments":"{}"},
        {"type":"mcp_approval_request","id":"i5","server_label":"far","name":"wipe",
         "arguments":"{}"},
        {"type":"computer_call","id":"i6","call_id":"c6","action":{"type":"click"}}]}\
      """;

  @TempDir private Path folder;

  @Test
  void thoseLeaveThatAreOfferedAndPermitted() throws Exception {
    try (var model = new ObedientModel();
        DevStack stack =
            DevStack.start(
                new DevStack.Settings(
                    folder.resolve("state"),
                    0,
                    0,
                    policy(),
                    List.of(),
                    SharedStack.models(folder, model, "tools: {provider_side: [shell, mcp]}")));
        HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(stack.url() + "/v1/responses"))
              .header("Content-Type", "application/json")
              .header("Authorization", "Bearer " + stack.apiKey())
              .POST(HttpRequest.BodyPublishers.ofString(offering().toString()))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      List<String> left = new ArrayList<>();
      for (JsonNode item : JSON.readTree(answer.body()).path("output")) {
        left.add(item.path("id").asText());
      }
      assertThat(left).containsExactly("i1", "i2", "i4");
    }
  }

  private static ObjectNode offering() throws Exception {
    var request =
        (ObjectNode)
            JSON.readTree(
                """
                {"model":"obedient","tools":[{"type":"shell"},
                  {"type":"namespace","name":"crm","tools":[{"type":"function","name":"find"}]},
                  {"type":"mcp","server_label":"far","server_url":"https://far.example/mcp",
                   "allowed_tools":["roll"]}]}\
                """);
    return request.put("input", CALLS);
  }

  private Path policy() throws Exception {
    String more = "";
    for (String tool :
        List.of("shell", "computer", "mcp", "find", "crm.find", "far.roll", "far.wipe")) {
      more += "  " + tool + ": ALLOW\n";
    }
    String rules = "static_rules:\n";
    return Files.writeString(
        folder.resolve("policy.yaml"),
        Files.readString(SharedStack.demoPolicy()).replace(rules, rules + more));
  }
}
