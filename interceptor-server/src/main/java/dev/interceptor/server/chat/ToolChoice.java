package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The tools that a request wants to be used, among those that it offers.
final class ToolChoice {
  private ToolChoice() {}

  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST if a tool is
  ///   chosen that is not offered
  static void check(ObjectNode body, List<OfferedTool> offered) {
    Set<String> names = names(offered);
    if (body.get("tool_choice") instanceof ObjectNode choice && !isAmong(names, choice)) {
      throw Members.fault(
          Place.ROOT.member("tool_choice"),
          "names a tool that is not offered: write the name of one in `tools`, or \"auto\"");
    }
    if (body.get("function_call") instanceof ObjectNode choice
        && !isFunction(names, choice.path("name").asText())) {
      throw Members.fault(
          Place.ROOT.member("function_call"),
          "names a function that is not offered: write the name of one in `functions`");
    }
  }

  /// Takes out of the choice what is not offered any more.
  static void restrict(ObjectNode body, List<OfferedTool> offered) {
    Set<String> names = names(offered);
    if (body.get("function_call") instanceof ObjectNode choice
        && !isFunction(names, choice.path("name").asText())) {
      body.remove("function_call");
    }
    if (!(body.get("tool_choice") instanceof ObjectNode choice)) {
      return;
    }
    if (allowed(choice) instanceof ArrayNode tools) {
      for (int i = tools.size() - 1; i >= 0; i--) {
        if (!isNamed(names, tools.get(i))) {
          tools.remove(i);
        }
      }
      if (tools.isEmpty()) {
        body.put("tool_choice", "none");
      }
    } else if (!isNamed(names, choice)) {
      body.remove("tool_choice");
    }
  }

  private static boolean isAmong(Set<String> names, ObjectNode choice) {
    if (!(allowed(choice) instanceof ArrayNode tools)) {
      return isNamed(names, choice);
    }
    for (JsonNode tool : tools) {
      if (!isNamed(names, tool)) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode allowed(ObjectNode choice) {
    JsonNode inner = choice.path("allowed_tools");
    return inner.isObject() ? inner.path("tools") : choice.path("tools");
  }

  /// The names with what they are names of, for a function may have the name of a provider's tool.
  private static Set<String> names(List<OfferedTool> offered) {
    Set<String> names = new HashSet<>();
    offered.forEach(tool -> names.add(tool.kind() + " " + tool.name()));
    return names;
  }

  /// A provider's tool may have a version in the one place that it lacks in the other.
  private static boolean isNamed(Set<String> names, JsonNode choice) {
    if (!(choice instanceof ObjectNode tool)) {
      return false;
    }
    String type = tool.path("type").asText();
    return switch (type) {
      case "function", "" -> isFunction(names, OfferedTools.name(tool, "function"));
      case "custom" ->
          names.contains(OfferedTool.Kind.CUSTOM + " " + OfferedTools.name(tool, "custom"));
      default -> {
        String named = OfferedTool.Kind.PROVIDER + " " + type;
        yield names.stream()
            .filter(name -> name.startsWith(OfferedTool.Kind.PROVIDER + " "))
            .anyMatch(name -> name.startsWith(named) || named.startsWith(name));
      }
    };
  }

  private static boolean isFunction(Set<String> names, String name) {
    return names.contains(OfferedTool.Kind.FUNCTION + " " + name);
  }
}
