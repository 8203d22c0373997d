package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.ProtocolMethod;
import java.util.Optional;

/// The questions that a server puts to the client instead of a result (MCP 2026-07-28, multi
/// round-trip requests).
final class InputRequests {
  private static final int MOST = 32;

  private InputRequests() {}

  /// Why a server may not ask this; empty if it may.
  ///
  /// @param result of type `input_required`
  /// @param declared the capabilities that the server was told
  static Optional<String> objection(
      ObjectNode result, Optional<ProtocolMethod> method, ObjectNode declared) {
    boolean askable =
        method
            .map(known ->
                switch (known) {
                  case RESOURCES_READ, PROMPTS_GET -> true;
                  case RESOURCES_SUBSCRIBE, COMPLETION_COMPLETE -> false;
                })
            .orElse(true);
    if (!askable) {
      return Optional.of("the method may not ask for input");
    }
    JsonNode requests = result.path("inputRequests");
    JsonNode state = result.path("requestState");
    if (requests.isMissingNode() && state.isMissingNode()) {
      return Optional.of("input is required, but none is asked for");
    }
    if (!(requests.isMissingNode() || requests.isObject())
        || !(state.isMissingNode() || state.isTextual())) {
      return Optional.of("inputRequests is no object, or requestState no string");
    }
    if (requests.size() > MOST) {
      return Optional.of("more than " + MOST + " questions");
    }
    for (JsonNode request : requests) {
      if (!isDeclared(request, declared)) {
        return Optional.of("a question of a kind that was not offered");
      }
    }
    return Optional.empty();
  }

  private static boolean isDeclared(JsonNode request, ObjectNode declared) {
    return switch (request.path("method").asText("")) {
      case "elicitation/create" -> isDeclaredElicitation(request.path("params"), declared);
      case "sampling/createMessage" -> declared.path("sampling").isObject();
      case "roots/list" -> declared.path("roots").isObject();
      default -> false;
    };
  }

  /// A client that names no mode knows forms.
  private static boolean isDeclaredElicitation(JsonNode params, ObjectNode declared) {
    JsonNode elicitation = declared.path("elicitation");
    return switch (params.path("mode").asText("form")) {
      case "form" -> elicitation.isObject() && (elicitation.isEmpty() || elicitation.has("form"));
      case "url" -> elicitation.has("url");
      default -> false;
    };
  }
}
