package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// Checks the types of what a request says about tools.
final class Tools {
  private Tools() {}

  static void check(ObjectNode body) {
    tools(body, Place.ROOT);
    Members.objects(
        body,
        Place.ROOT,
        "functions",
        OfferedTools.MOST,
        (function, at) -> Members.text(function, at, "name", "the function's name"));
    stringOrObject(body, "tool_choice");
    stringOrObject(body, "function_call");
    Members.flag(body, Place.ROOT, "parallel_tool_calls");
    ToolChoice.check(body, new OfferedTools(body).list());
  }

  /// @param holder the body, an item, or a namespace
  static void tools(ObjectNode holder, Place place) {
    Members.objects(holder, place, "tools", OfferedTools.MOST, Tools::tool);
  }

  /// Tools among the input items; what a server once listed is written otherwise.
  static void itemTools(ObjectNode item, Place place, String type) {
    if (!type.equals("mcp_list_tools")) {
      tools(item, place);
    }
  }

  private static void tool(ObjectNode tool, Place place) {
    String type = Members.text(tool, place, "type", "the tool's type, such as function");
    switch (type) {
      case "function", "custom" -> {
        boolean wrapped = tool.path(type).isObject();
        Place at = wrapped ? place.member(type) : place;
        if (wrapped && tool.has("name")) {
          throw Members.fault(
              place.member("name"), "stands twice: write it in `" + type + "` alone");
        }
        String name =
            Members.text(
                wrapped ? Members.object(tool.path(type), at) : tool,
                at,
                "name",
                "the tool's name");
        if (name.isEmpty()) {
          throw Members.fault(at.member("name"), "is empty: write the tool's name");
        }
      }
      case "namespace" -> tools(tool, place);
      default -> {}
    }
  }

  private static void stringOrObject(ObjectNode body, String name) {
    Optional<JsonNode> choice = Members.present(body, name);
    if (choice.isPresent() && !choice.get().isTextual() && !choice.get().isObject()) {
      throw Members.fault(
          Place.ROOT.member(name), "is neither a string nor an object: write \"auto\"");
    }
  }
}
