import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// The client of the official Java SDK, told by lines on standard input what to do: `{"id":1}` lists
/// the tools, `{"id":2,"tool":…,"args":{…}}` calls one. Answers are lines `{"id":…,"tools":[…]}`,
/// `{"id":…,"result":{…}}`, `{"id":…,"error":…}`, and before them `{"id":…,"progress":…}`.
///
/// Arguments: the URL, and the API key if there is one.
final class JavaClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final McpSyncClient client;

  private JavaClient(URI url, String key) {
    HttpRequest.Builder request = HttpRequest.newBuilder();
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    var transport =
        HttpClientStreamableHttpTransport.builder(url.resolve("/").toString())
            .endpoint(url.getPath())
            .requestBuilder(request)
            .build();
    client =
        McpClient.sync(transport)
            .requestTimeout(TIMEOUT)
            .initializationTimeout(TIMEOUT)
            .progressConsumer(JavaClient::report)
            .build();
  }

  private static void report(ProgressNotification progress) {
    print(
        JSON.createObjectNode()
            .put("id", Integer.parseInt(progress.progressToken().toString()))
            .put("progress", progress.progress()));
  }

  private static synchronized void print(ObjectNode line) {
    System.out.println(line);
  }

  private void answer(JsonNode command) {
    ObjectNode line = JSON.createObjectNode().put("id", command.path("id").asInt());
    try {
      if (command.has("tool")) {
        line.set("result", call(command));
      } else {
        client.listTools().tools().forEach(tool -> line.withArray("tools").add(tool.name()));
      }
    } catch (RuntimeException e) {
      line.put("error", String.valueOf(e.getMessage()));
    }
    print(line);
  }

  private ObjectNode call(JsonNode command) {
    @SuppressWarnings("unchecked")
    Map<String, Object> args = JSON.convertValue(command.path("args"), Map.class);
    CallToolResult result =
        client.callTool(
            CallToolRequest.builder(command.path("tool").asText())
                .arguments(args)
                .progressToken(command.path("id").asText())
                .build());
    ObjectNode json = JSON.createObjectNode().put("isError", Boolean.TRUE.equals(result.isError()));
    result.content().stream()
        .filter(TextContent.class::isInstance)
        .map(TextContent.class::cast)
        .forEach(text -> json.withArray("content").addObject().put("text", text.text()));
    json.withArray("content");
    json.set("_meta", JSON.valueToTree(result.meta()));
    return json;
  }

  public static void main(String[] arguments) throws Exception {
    String key = arguments.length > 1 ? arguments[1] : "";
    var java = new JavaClient(URI.create(arguments[0]), key);
    java.client.initialize();
    print(JSON.createObjectNode().put("ready", true));
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode command = JSON.readTree(line);
      Thread.ofVirtual().start(() -> java.answer(command));
    }
    System.exit(0);
  }
}
