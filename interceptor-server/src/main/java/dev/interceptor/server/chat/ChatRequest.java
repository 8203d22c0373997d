package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The body of `POST /v1/chat/completions`.
final class ChatRequest extends ModelCall {
  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST naming the
  ///   member and what to write instead
  ChatRequest(ObjectNode body) {
    super(body, false);
    ArrayNode messages =
        Members.array(body, Place.ROOT, "messages", Messages.MOST)
            .filter(array -> !array.isEmpty())
            .orElseThrow(() ->
                Members.fault(
                    Place.ROOT.member("messages"), "is missing or empty: write [{\"role\": …}]"));
    Messages.check(messages, Messages.Format.OPENAI);
    Sampling.check(body);
    Tools.check(body);
    walk();
  }

  @Override
  List<ToolResult> results() {
    List<ToolResult> results = new ArrayList<>();
    ToolCalls calls = new ToolCalls();
    JsonNode messages = body().path("messages");
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i) instanceof ObjectNode message) {
        remember(message, calls);
        result(message, calls, Place.ROOT.member("messages").element(i)).ifPresent(results::add);
      }
    }
    return results;
  }

  private static void remember(ObjectNode message, ToolCalls calls) {
    for (JsonNode call : message.path("tool_calls")) {
      boolean custom = call.path("type").asText().equals("custom");
      JsonNode inner = custom ? call.path("custom") : call.path("function");
      calls.add(
          call.path("id").asText(),
          inner.path("name").asText(),
          inner.path(custom ? "input" : "arguments").asText());
    }
    JsonNode legacy = message.path("function_call");
    if (legacy.isObject()) {
      calls.add("", legacy.path("name").asText(), legacy.path("arguments").asText());
    }
  }

  private static Optional<ToolResult> result(ObjectNode message, ToolCalls calls, Place place) {
    String id = message.path("tool_call_id").asText();
    Optional<ToolCalls.Call> call;
    Optional<String> name;
    switch (message.path("role").asText()) {
      case "tool" -> {
        call = calls.withId(id);
        name = call.map(ToolCalls.Call::name);
      }
      case "function" -> {
        call = calls.named(message.path("name").asText());
        name = Optional.of(message.path("name").asText());
      }
      default -> {
        return Optional.empty();
      }
    }
    Spot content = new Spot.Member(message, "content");
    return Optional.of(
        new ToolResult(
            id, name, call.map(ToolCalls.Call::arguments), content, place.member("content")));
  }
}
