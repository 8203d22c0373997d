package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The body of Ollama's `POST /api/chat`, which streams unless told not to.
final class OllamaChatRequest extends ModelCall {
  private static final Set<String> RESULTS = Set.of("tool", "function");

  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST naming the
  ///   member and what to write instead
  OllamaChatRequest(ObjectNode body) {
    super(body, true);
    Members.array(body, Place.ROOT, "messages", Messages.MOST)
        .ifPresent(messages -> Messages.check(messages, Messages.Format.OLLAMA));
    Tools.check(body);
    walk();
  }

  @Override
  List<ToolResult> results() {
    List<ToolResult> results = new ArrayList<>();
    ToolCalls calls = new ToolCalls();
    JsonNode messages = body().path("messages");
    for (int i = 0; i < messages.size(); i++) {
      if (!(messages.get(i) instanceof ObjectNode message)) {
        continue;
      }
      for (JsonNode call : message.path("tool_calls")) {
        JsonNode function = call.path("function");
        String arguments = function.path("arguments").toString();
        calls.add(call.path("id").asText(), function.path("name").asText(), arguments);
      }
      if (RESULTS.contains(message.path("role").asText())) {
        results.add(result(message, calls, Place.ROOT.member("messages").element(i)));
      }
    }
    return results;
  }

  private static ToolResult result(ObjectNode message, ToolCalls calls, Place place) {
    String id = message.path("tool_call_id").asText();
    Optional<String> told =
        Members.present(message, "tool_name")
            .or(() -> Members.present(message, "name"))
            .map(JsonNode::asText);
    Optional<ToolCalls.Call> call = calls.withId(id).or(() -> told.flatMap(calls::named));
    return new ToolResult(
        id,
        call.map(ToolCalls.Call::name).or(() -> told),
        call.map(ToolCalls.Call::arguments),
        new Spot.Member(message, "content"),
        place.member("content"));
  }
}
