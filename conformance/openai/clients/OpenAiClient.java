import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseOutputItem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The official Java SDK of OpenAI's API, told by lines on standard input what to do:
/// `{"id":1,"do":"chat"|"responses","model":…,"mode":"unary"|"stream","question":…}` is one
/// conversation, in which it asks for results of tools with lines `{"id":1,"tool":…,"args":…}` that
/// are answered by a line of text each; `{"id":2,"do":"embed"|"models"|"model","model":…}` is one
/// request. Each says whom to ask: `"url"`, the origin, `"key"`, and `"retries"`, how often a
/// request may be sent again. The last line about an id is `{"id":…,"result":…}` or
/// `{"id":…,"failure":{…}}`.
///
/// Argument: the tools as JSON.
final class OpenAiClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_TURNS = 4;

  private final JsonNode tools;
  private final Map<String, OpenAIClient> clients = new HashMap<>();
  private final BufferedReader lines =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private OpenAiClient(JsonNode tools) {
    this.tools = tools;
  }

  /// A client is kept, as applications do.
  private OpenAIClient client(JsonNode command) {
    String url = command.path("url").asText() + "/v1";
    String key = command.path("key").asText();
    int retries = command.path("retries").asInt();
    return clients.computeIfAbsent(
        String.join(" ", url, key, Integer.toString(retries)),
        same -> OpenAIOkHttpClient.builder().baseUrl(url).apiKey(key).maxRetries(retries).build());
  }

  private Object act(JsonNode command) throws IOException {
    OpenAIClient client = client(command);
    String model = command.path("model").asText();
    return switch (command.path("do").asText()) {
      case "chat" -> chat(client, command, model);
      case "responses" -> responses(client, command, model);
      case "embed" ->
          client
              .embeddings()
              .create(EmbeddingCreateParams.builder().model(model).input("quiet").build())
              .data()
              .getFirst()
              .embedding();
      case "models" ->
          client.models().list().autoPager().stream().map(found -> found.id()).toList();
      case "model" -> client.models().retrieve(model).id();
      default -> throw new IllegalArgumentException("unknown command " + command);
    };
  }

  private String chat(OpenAIClient client, JsonNode command, String model) throws IOException {
    var request =
        ChatCompletionCreateParams.builder()
            .model(model)
            .addUserMessage(command.path("question").asText());
    for (JsonNode tool : tools) {
      request.addFunctionTool(
          FunctionDefinition.builder()
              .name(tool.path("name").asText())
              .description(tool.path("description").asText())
              .parameters(FunctionParameters.builder().additionalProperties(members(tool)).build())
              .build());
    }
    String text = "";
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      ChatCompletion answer =
          isStream(command)
              ? streamed(client, request.build())
              : client.chat().completions().create(request.build());
      ChatCompletionMessage message = answer.choices().getFirst().message();
      text = message.content().orElse("");
      List<ChatCompletionMessageToolCall> calls = message.toolCalls().orElse(List.of());
      if (calls.isEmpty()) {
        break;
      }
      request.addMessage(message);
      for (ChatCompletionMessageToolCall call : calls) {
        ChatCompletionMessageFunctionToolCall function = call.asFunction();
        String result = run(command, function.function().name(), function.function().arguments());
        request.addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(function.id())
                .content(result)
                .build());
      }
    }
    return text;
  }

  private static ChatCompletion streamed(OpenAIClient client, ChatCompletionCreateParams request) {
    var whole = ChatCompletionAccumulator.create();
    try (var stream = client.chat().completions().createStreaming(request)) {
      stream.stream().forEach(whole::accumulate);
    }
    return whole.chatCompletion();
  }

  private String responses(OpenAIClient client, JsonNode command, String model) throws IOException {
    var request = ResponseCreateParams.builder().model(model).store(false);
    for (JsonNode tool : tools) {
      request.addTool(
          FunctionTool.builder()
              .name(tool.path("name").asText())
              .description(tool.path("description").asText())
              .parameters(
                  FunctionTool.Parameters.builder().additionalProperties(members(tool)).build())
              .strict(true)
              .build());
    }
    List<ResponseInputItem> input = new ArrayList<>();
    input.add(
        ResponseInputItem.ofEasyInputMessage(
            EasyInputMessage.builder()
                .role(EasyInputMessage.Role.USER)
                .content(command.path("question").asText())
                .build()));
    String text = "";
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      ResponseCreateParams params = request.inputOfResponse(input).build();
      Response answer =
          isStream(command) ? streamed(client, params) : client.responses().create(params);
      text = text(answer);
      List<ResponseFunctionToolCall> calls =
          answer.output().stream().flatMap(item -> item.functionCall().stream()).toList();
      if (calls.isEmpty()) {
        break;
      }
      answer.output().forEach(item -> asInput(item).ifPresent(input::add));
      for (ResponseFunctionToolCall call : calls) {
        String result = run(command, call.name(), call.arguments());
        input.add(
            ResponseInputItem.ofFunctionCallOutput(
                ResponseInputItem.FunctionCallOutput.builder()
                    .callId(call.callId())
                    .output(result)
                    .build()));
      }
    }
    return text;
  }

  private static Response streamed(OpenAIClient client, ResponseCreateParams request) {
    var whole = ResponseAccumulator.create();
    try (var stream = client.responses().createStreaming(request)) {
      stream.stream().forEach(whole::accumulate);
    }
    return whole.response();
  }

  private static Optional<ResponseInputItem> asInput(ResponseOutputItem item) {
    return item.message()
        .map(ResponseInputItem::ofResponseOutputMessage)
        .or(() -> item.functionCall().map(ResponseInputItem::ofFunctionCall));
  }

  private static String text(Response answer) {
    return answer.output().stream()
        .flatMap(item -> item.message().stream())
        .flatMap(message -> message.content().stream())
        .flatMap(content -> content.outputText().stream())
        .map(text -> text.text())
        .collect(Collectors.joining());
  }

  private static boolean isStream(JsonNode command) {
    return command.path("mode").asText().equals("stream");
  }

  private static Map<String, JsonValue> members(JsonNode tool) {
    return tool.path("parameters").properties().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, entry -> JsonValue.fromJsonNode(entry.getValue())));
  }

  private String run(JsonNode command, String tool, String arguments) throws IOException {
    ObjectNode line =
        JSON.createObjectNode().put("id", command.path("id").asInt()).put("tool", tool);
    line.set("args", JSON.readTree(arguments));
    System.out.println(line);
    return Optional.ofNullable(lines.readLine()).orElse("");
  }

  private void answer(JsonNode command) throws IOException {
    ObjectNode line = JSON.createObjectNode().put("id", command.path("id").asInt());
    try {
      line.set("result", JSON.valueToTree(act(command)));
    } catch (RuntimeException e) {
      ObjectNode failure = line.putObject("failure");
      failure.put("type", e.getClass().getSimpleName()).put("typed", e instanceof OpenAIException);
      failure.put("message", String.valueOf(e.getMessage()));
      if (e instanceof OpenAIServiceException answered) {
        failure.put("status", answered.statusCode()).put("code", answered.code().orElse(null));
      }
    }
    System.out.println(line);
  }

  public static void main(String[] arguments) throws IOException {
    var java = new OpenAiClient(JSON.readTree(arguments[0]));
    System.out.println("{\"ready\":true}");
    for (String line = java.lines.readLine(); line != null; line = java.lines.readLine()) {
      java.answer(JSON.readTree(line));
    }
    System.exit(0);
  }
}
