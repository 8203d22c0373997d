package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The body of `POST /v1/responses`.
final class ResponsesRequest extends ModelCall {
  private static final String OUTPUT = "_output";
  private static final String CALL = "_call";
  private static final String SEARCH = "tool_search_output";
  private static final Set<String> FUNCTION_OUTPUTS =
      Set.of("function_call_output", "custom_tool_call_output");
  private static final List<String> OWN_RESULTS = List.of("output", "outputs", "results", "error");

  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST naming the
  ///   member and what to write instead
  ResponsesRequest(ObjectNode body) {
    super(body, false);
    Optional<JsonNode> input = Members.present(body, "input");
    if (input.isPresent() && !input.get().isTextual()) {
      Members.objects(body, Place.ROOT, "input", Messages.MOST, Items::check);
    }
    Members.optionalText(body, Place.ROOT, "instructions");
    Members.optionalText(body, Place.ROOT, "previous_response_id");
    Members.flag(body, Place.ROOT, "background");
    Members.optionalObject(body, Place.ROOT, "prompt");
    Sampling.check(body);
    Tools.check(body);
    walk();
  }

  @Override
  List<ToolResult> results() {
    List<ToolResult> results = new ArrayList<>();
    ToolCalls calls = new ToolCalls();
    JsonNode input = body().path("input");
    for (int i = 0; i < input.size(); i++) {
      if (input.get(i) instanceof ObjectNode item) {
        results(item, calls, Place.ROOT.member("input").element(i), results);
      }
    }
    return results;
  }

  private static void results(
      ObjectNode item, ToolCalls calls, Place place, List<ToolResult> results) {
    String type = item.path("type").asText();
    switch (type) {
      case "function_call" -> remember(item, "arguments", calls);
      case "custom_tool_call" -> remember(item, "input", calls);
      case "mcp_call" ->
          own(
              item,
              Optional.of(item.path("name").asText()),
              Optional.of(item.path("arguments").asText()),
              place,
              results);
      default -> {
        if (type.endsWith(OUTPUT)) {
          results.add(output(item, type, calls, place));
        } else if (type.endsWith(CALL)) {
          String tool = type.substring(0, type.length() - CALL.length());
          own(item, Optional.of(tool), Optional.empty(), place, results);
        }
      }
    }
  }

  private static void remember(ObjectNode item, String arguments, ToolCalls calls) {
    String name = item.path("name").asText();
    String qualified =
        item.hasNonNull("namespace") ? item.path("namespace").asText() + '.' + name : name;
    calls.add(item.path("call_id").asText(), qualified, item.path(arguments).asText());
  }

  /// What the provider's own tool returned, which stands in its call.
  private static void own(
      ObjectNode item,
      Optional<String> tool,
      Optional<String> arguments,
      Place place,
      List<ToolResult> results) {
    String id = item.path("id").asText();
    for (String member : OWN_RESULTS) {
      if (Members.present(item, member).isPresent()) {
        Spot spot = new Spot.Member(item, member);
        results.add(new ToolResult(id, tool, arguments, spot, place.member(member)));
      }
    }
  }

  private static ToolResult output(ObjectNode item, String type, ToolCalls calls, Place place) {
    String id = item.path("call_id").asText();
    Optional<ToolCalls.Call> call = calls.withId(id);
    Optional<String> tool =
        FUNCTION_OUTPUTS.contains(type)
            ? call.map(ToolCalls.Call::name)
            : Optional.of(builtIn(type));
    String member = type.equals(SEARCH) && item.has("tools") ? "tools" : "output";
    return new ToolResult(
        id,
        tool,
        call.map(ToolCalls.Call::arguments),
        new Spot.Member(item, member),
        place.member(member));
  }

  /// `computer_call_output` is of `computer`, `tool_search_output` of `tool_search`.
  private static String builtIn(String type) {
    String tool = type.substring(0, type.length() - OUTPUT.length());
    return tool.endsWith(CALL) ? tool.substring(0, tool.length() - CALL.length()) : tool;
  }
}
