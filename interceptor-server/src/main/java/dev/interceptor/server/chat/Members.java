package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Reads members of a request's objects by their types. Absent and null mean the same. All faults
/// are MALFORMED_REQUEST and name the member.
final class Members {
  private Members() {}

  /// @param problem goes on after the member's name, and says what to write instead
  static InterceptorException fault(Place place, String problem) {
    return InterceptorException.malformed("`" + place + "` " + problem);
  }

  static Optional<JsonNode> present(ObjectNode object, String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  static Optional<String> optionalText(ObjectNode object, Place place, String name) {
    Optional<JsonNode> value = present(object, name);
    if (value.isPresent() && !value.get().isTextual()) {
      throw fault(place.member(name), "is not a string: write \"…\"");
    }
    return value.map(JsonNode::textValue);
  }

  /// @param what the string that has to be there
  static String text(ObjectNode object, Place place, String name, String what) {
    return optionalText(object, place, name)
        .orElseThrow(() -> fault(place.member(name), "is missing: write " + what));
  }

  static Optional<Boolean> flag(ObjectNode object, Place place, String name) {
    Optional<JsonNode> value = present(object, name);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw fault(place.member(name), "is not a boolean: write true or false");
    }
    return value.map(JsonNode::booleanValue);
  }

  static void count(ObjectNode object, Place place, String name, int most) {
    Optional<JsonNode> value = present(object, name);
    if (value.isPresent()
        && !(value.get().isInt()
            && value.get().intValue() >= 1
            && value.get().intValue() <= most)) {
      throw fault(place.member(name), "cannot be used: write a whole number from 1 to " + most);
    }
  }

  static Optional<ArrayNode> array(ObjectNode object, Place place, String name, int most) {
    Optional<JsonNode> value = present(object, name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!(value.get() instanceof ArrayNode array)) {
      throw fault(place.member(name), "is not an array: write […]");
    }
    if (array.size() > most) {
      throw fault(place.member(name), "is too long: write at most " + most + " elements");
    }
    return Optional.of(array);
  }

  /// Checks every element of an array of objects.
  static void objects(
      ObjectNode object, Place place, String name, int most, BiConsumer<ObjectNode, Place> check) {
    array(object, place, name, most)
        .ifPresent(array -> {
          for (int i = 0; i < array.size(); i++) {
            Place at = place.member(name).element(i);
            check.accept(object(array.get(i), at), at);
          }
        });
  }

  static Optional<ObjectNode> optionalObject(ObjectNode object, Place place, String name) {
    Optional<JsonNode> value = present(object, name);
    return value.map(node -> object(node, place.member(name)));
  }

  static ObjectNode object(JsonNode value, Place place) {
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw fault(place, "is not an object: write {…}");
  }
}
