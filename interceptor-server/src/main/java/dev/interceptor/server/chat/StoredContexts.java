package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds what a request refers to instead of holding it.
final class StoredContexts {
  private static final Set<String> FREE =
      Set.of("arguments", "parameters", "input_schema", "output_schema", "schema", "metadata");

  private final List<StoredContext> found = new ArrayList<>();

  private StoredContexts() {}

  static List<StoredContext> of(ObjectNode body) {
    StoredContexts contexts = new StoredContexts();
    contexts.top(body);
    return contexts.found;
  }

  private void top(ObjectNode body) {
    Place root = Place.ROOT;
    reference(
        StoredContext.Kind.RESPONSE,
        body.path("previous_response_id"),
        root,
        "previous_response_id");
    reference(StoredContext.Kind.CONVERSATION, body.path("conversation"), root, "conversation");
    if (body.path("prompt").isObject()) {
      reference(StoredContext.Kind.PROMPT, body.path("prompt"), root, "prompt");
    }
    if (body.path("background").asBoolean()) {
      add(StoredContext.Kind.BACKGROUND, "", root.member("background"));
    }
    JsonNode input = body.path("input");
    for (int i = 0; i < input.size(); i++) {
      item(input.path(i), root.member("input").element(i));
    }
    members(body, root);
  }

  /// An item that is named only, by its type or because nothing else stands there.
  private void item(JsonNode item, Place place) {
    boolean bare = !item.has("type") && !item.has("role") && !item.has("content");
    if (item.isObject() && (bare || item.path("type").asText().equals("item_reference"))) {
      reference(StoredContext.Kind.ITEM, item.path("id"), place, "id");
    }
  }

  private void node(String name, JsonNode node, Place place) {
    switch (node) {
      case ObjectNode object -> members(object, place);
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          node(name, array.get(i), place.element(i));
        }
      }
      default -> {}
    }
  }

  private void members(ObjectNode object, Place place) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String name = member.getKey();
      JsonNode value = member.getValue();
      switch (name) {
        case "file_id" -> reference(StoredContext.Kind.FILE, value, place, name);
        case "file_ids" -> references(StoredContext.Kind.FILE, value, place.member(name));
        case "vector_store_ids" ->
            references(StoredContext.Kind.VECTOR_STORE, value, place.member(name));
        case "container_id" -> reference(StoredContext.Kind.CONTAINER, value, place, name);
        case "container" -> {
          if (value.isTextual()) {
            reference(StoredContext.Kind.CONTAINER, value, place, name);
          }
        }
        case "audio" -> {
          if (value.has("id")) {
            reference(StoredContext.Kind.AUDIO, value, place, name);
          }
        }
        default -> {}
      }
      if (!FREE.contains(name)) {
        node(name, value, place.member(name));
      }
    }
  }

  /// @param value an id, or an object with one
  private void reference(StoredContext.Kind kind, JsonNode value, Place place, String name) {
    if (value.isObject()) {
      add(kind, value.path("id").asText(), place.member(name).member("id"));
    } else if (!value.isMissingNode() && !value.isNull()) {
      add(kind, value.asText(), place.member(name));
    }
  }

  private void references(StoredContext.Kind kind, JsonNode ids, Place place) {
    for (int i = 0; i < ids.size(); i++) {
      add(kind, ids.path(i).asText(), place.element(i));
    }
  }

  private void add(StoredContext.Kind kind, String id, Place place) {
    found.add(new StoredContext(kind, id, place.toString()));
  }
}
