package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A place in a JSON tree that can be read and written.
sealed interface Spot {
  /// What stands there, missing if the place is gone.
  JsonNode node();

  /// Does nothing if the place is gone.
  void set(JsonNode node);

  /// A member's value.
  record Member(ObjectNode object, String name) implements Spot {
    @Override
    public JsonNode node() {
      return object.path(name);
    }

    @Override
    public void set(JsonNode node) {
      if (object.has(name)) {
        object.set(name, node);
      }
    }
  }

  /// An element of an array.
  record Element(ArrayNode array, int index) implements Spot {
    @Override
    public JsonNode node() {
      return array.path(index);
    }

    @Override
    public void set(JsonNode node) {
      if (array.has(index)) {
        array.set(index, node);
      }
    }
  }

  /// A member's name. To be written after what the member holds, whose spots end with it.
  record Name(ObjectNode object, String name) implements Spot {
    @Override
    public JsonNode node() {
      return object.has(name) ? TextNode.valueOf(name) : MissingNode.getInstance();
    }

    @Override
    public void set(JsonNode node) {
      String given = node.asText();
      if (!object.has(name) || given.equals(name)) {
        return;
      }
      while (object.has(given)) {
        given += "_";
      }
      List<Map.Entry<String, JsonNode>> members = new ArrayList<>();
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        String kept = member.getKey().equals(name) ? given : member.getKey();
        members.add(Map.entry(kept, member.getValue()));
      }
      object.removeAll();
      members.forEach(member -> object.set(member.getKey(), member.getValue()));
    }
  }
}
