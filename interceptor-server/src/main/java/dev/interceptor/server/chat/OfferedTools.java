package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The tools that the body of a request offers, wherever it does: `tools`, the older `functions`,
/// tools among the input items, and members that make the provider run one.
///
/// A tool of an unknown type is the provider's, by the name of its type.
final class OfferedTools {
  static final int MOST = 1024;

  /// Members of several providers that turn a tool of theirs on.
  private static final Map<String, String> SWITCHES =
      Map.of(
          "web_search_options", "web_search",
          "search_parameters", "web_search",
          "enable_search", "web_search",
          "data_sources", "data_sources");

  /// Beginnings of the types of tools that never ask the client to run anything.
  private static final Set<String> AT_PROVIDER =
      Set.of("web_search", "file_search", "code_interpreter", "image_generation");

  private final ObjectNode body;

  OfferedTools(ObjectNode body) {
    this.body = body;
  }

  List<OfferedTool> list() {
    List<OfferedTool> all = new ArrayList<>();
    visit(tool -> {
      all.add(tool);
      return true;
    });
    return all;
  }

  /// Removes what does not pass, and the choices that name it: a choice of one tool is dropped; of
  /// a choice of several the rest stays, `none` if nothing is left. Without any tool nothing about
  /// tools stays.
  void keep(Predicate<OfferedTool> kept) {
    visit(kept);
    if (list().isEmpty()) {
      body.remove(List.of("tool_choice", "function_call", "parallel_tool_calls", "max_tool_calls"));
      return;
    }
    ToolChoice.restrict(body, list());
  }

  private void visit(Predicate<OfferedTool> kept) {
    array(body, "tools", "", kept);
    legacy(kept);
    for (JsonNode item : body.path("input")) {
      if (item instanceof ObjectNode object && !isListing(object)) {
        array(object, "tools", "", kept);
      }
    }
    SWITCHES.forEach((member, name) -> {
      boolean on = Members.present(body, member).filter(OfferedTools::isOn).isPresent();
      if (on && !kept.test(new OfferedTool(OfferedTool.Kind.PROVIDER, name, "", List.of()))) {
        body.remove(member);
      }
    });
  }

  private static boolean isOn(JsonNode value) {
    return !(value.isBoolean() && !value.booleanValue());
  }

  /// What a server once listed is history, not an offer.
  private static boolean isListing(ObjectNode item) {
    return item.path("type").asText().equals("mcp_list_tools");
  }

  /// @param space the namespaces around the tools, each with a dot after it
  private static void array(
      ObjectNode holder, String name, String space, Predicate<OfferedTool> kept) {
    if (!(holder.get(name) instanceof ArrayNode tools)) {
      return;
    }
    boolean removed = false;
    for (int i = tools.size() - 1; i >= 0; i--) {
      if (tools.get(i) instanceof ObjectNode tool && !stays(tool, space, kept)) {
        tools.remove(i);
        removed = true;
      }
    }
    if (removed && tools.isEmpty()) {
      holder.remove(name);
    }
  }

  private static boolean stays(ObjectNode tool, String space, Predicate<OfferedTool> kept) {
    if (tool.path("type").asText().equals("namespace")) {
      array(tool, "tools", space + tool.path("name").asText() + '.', kept);
      return tool.path("tools").size() > 0;
    }
    return kept.test(of(tool, space));
  }

  private void legacy(Predicate<OfferedTool> kept) {
    if (!(body.get("functions") instanceof ArrayNode functions)) {
      return;
    }
    for (int i = functions.size() - 1; i >= 0; i--) {
      String name = functions.get(i).path("name").asText();
      if (!kept.test(function(OfferedTool.Kind.FUNCTION, name, ""))) {
        functions.remove(i);
      }
    }
    if (functions.isEmpty()) {
      body.remove("functions");
    }
  }

  /// @param tool of chat completions, with its name inside, or of responses, with its name beside
  ///   its type
  private static OfferedTool of(ObjectNode tool, String space) {
    String type = tool.path("type").asText();
    return switch (type) {
      case "function", "" -> function(OfferedTool.Kind.FUNCTION, name(tool, "function"), space);
      case "custom" -> function(OfferedTool.Kind.CUSTOM, name(tool, "custom"), space);
      default -> new OfferedTool(OfferedTool.Kind.PROVIDER, type, server(tool), calls(tool, type));
    };
  }

  private static OfferedTool function(OfferedTool.Kind kind, String name, String space) {
    return new OfferedTool(kind, name, "", List.of(space + name));
  }

  /// As the calls of the client among a Responses answer's items are named.
  private static List<String> calls(ObjectNode tool, String type) {
    if (type.equals("mcp")) {
      String label = tool.path("server_label").asText();
      JsonNode named = tool.path("allowed_tools");
      List<String> calls = new ArrayList<>();
      for (JsonNode name : named.isObject() ? named.path("tool_names") : named) {
        calls.add(label + '.' + name.asText());
      }
      return calls;
    }
    if (type.startsWith("computer")) {
      return List.of("computer");
    }
    return AT_PROVIDER.stream().anyMatch(type::startsWith) ? List.of() : List.of(type);
  }

  static String name(ObjectNode tool, String wrapper) {
    JsonNode inner = tool.path(wrapper);
    return inner.isObject() ? inner.path("name").asText() : tool.path("name").asText();
  }

  private static String server(ObjectNode tool) {
    Optional<JsonNode> url = Members.present(tool, "server_url");
    return url.or(() -> Members.present(tool, "connector_id")).map(JsonNode::asText).orElse("");
  }
}
