package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.PromptRole;
import dev.interceptor.server.guard.PromptText.Form;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Walks a request of any format, or a part of one, and lists what the model may read.
///
/// Every string is listed, whatever holds it, but for words of the protocol and what is listed as
/// media; so a member that nobody here has heard of is looked at, too.
final class RequestWalk {
  private static final Set<String> SCHEMAS =
      Set.of("parameters", "input_schema", "output_schema", "schema", "metadata", "logit_bias");
  private static final Set<String> RESULTS = Set.of("output", "outputs", "results", "error");
  private static final Set<String> PARTS = Set.of("content", "output", "summary");
  private static final Set<String> CREDENTIALS = Set.of("authorization", "headers");

  private final List<RequestText> texts = new ArrayList<>();
  private final List<RequestMedia> media = new ArrayList<>();

  /// Parts that are among the media, by identity: to compare them is to compare what they hold.
  private final Set<Spot> noted = Collections.newSetFromMap(new IdentityHashMap<>());

  private RequestWalk() {}

  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST for a member
  ///   whose name some readers would take for another's, or that overrides what is configured
  static RequestWalk of(ObjectNode body) {
    RequestWalk walk = new RequestWalk();
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      walk.top(body, member.getKey(), member.getValue());
    }
    return walk;
  }

  /// What one part of a request holds.
  static RequestWalk of(Spot part, Place place, PromptRole role) {
    RequestWalk walk = new RequestWalk();
    walk.value(part, "", part.node(), new Around(place, role, part));
    return walk;
  }

  List<RequestText> texts() {
    return texts;
  }

  List<RequestMedia> media() {
    return media;
  }

  /// What cannot be looked at.
  List<Unscanned> unscanned() {
    return media.stream().map(RequestMedia::unscanned).toList();
  }

  /// @param part the innermost value with a type
  private record Around(Place place, PromptRole role, Spot part) {
    Around member(String name) {
      return new Around(place.member(name), role, part);
    }

    Around element(int index) {
      return new Around(place.element(index), role, part);
    }

    Around as(PromptRole other) {
      return new Around(place, other, part);
    }
  }

  private void top(ObjectNode body, String name, JsonNode value) {
    Spot spot = new Spot.Member(body, name);
    requireOneReading(name, Place.ROOT);
    if (!value.isNull() && Vocabulary.isOverride(name)) {
      throw Members.fault(
          Place.ROOT.member(name), "overrides what is configured here: leave it out");
    }
    Around around = new Around(Place.ROOT.member(name), topRole(name), spot);
    switch (name) {
      case "model" -> {}
      case "messages", "input", "prompt" -> prompts(spot, value, around);
      default -> value(spot, name, value, around);
    }
    memberName(body, name, new Around(Place.ROOT, PromptRole.OTHER, spot));
  }

  private static PromptRole topRole(String name) {
    return switch (name) {
      case "input", "prompt", "suffix" -> PromptRole.USER;
      case "instructions" -> PromptRole.DEVELOPER;
      case "system" -> PromptRole.SYSTEM;
      case "prediction" -> PromptRole.ASSISTANT;
      case "tools", "functions", "response_format", "text", "format" -> PromptRole.DEFINITION;
      default -> PromptRole.OTHER;
    };
  }

  /// Messages, items, texts, or token numbers.
  private void prompts(Spot spot, JsonNode value, Around around) {
    if (!(value instanceof ArrayNode array)) {
      value(spot, "", value, around);
      return;
    }
    boolean tokens = false;
    for (int i = 0; i < array.size(); i++) {
      JsonNode element = array.get(i);
      Around inner = around.element(i);
      Spot at = new Spot.Element(array, i);
      if (element instanceof ObjectNode message) {
        message(at, message, inner);
      } else if (element instanceof ArrayNode numbers && numbers.path(0).isNumber()) {
        media.add(new RequestMedia(Unscanned.Kind.TOKENS, inner.place(), at, ""));
      } else {
        tokens |= element.isNumber();
        value(at, "", element, inner);
      }
    }
    if (tokens) {
      media.add(new RequestMedia(Unscanned.Kind.TOKENS, around.place(), spot, ""));
    }
  }

  private void message(Spot spot, ObjectNode message, Around around) {
    PromptRole role = Roles.of(message);
    Around inner = new Around(around.place(), role, spot);
    String type = message.path("type").asText();
    noteUnknown(message, spot, inner);
    for (Map.Entry<String, JsonNode> member : message.properties()) {
      String name = member.getKey();
      boolean result = type.endsWith("_call") && RESULTS.contains(name);
      member(message, member, result ? inner.as(PromptRole.TOOL) : inner);
    }
  }

  private void value(Spot spot, String name, JsonNode value, Around around) {
    switch (value) {
      case ObjectNode object -> object(spot, object, around);
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          Spot at = new Spot.Element(array, i);
          if (PARTS.contains(name)) {
            noteUnknown(array.get(i), at, around.element(i));
          }
          value(at, name, array.get(i), around.element(i));
        }
      }
      default -> {
        if (value.isTextual()) {
          string(spot, name, value.textValue(), around);
        }
      }
    }
  }

  private void object(Spot spot, ObjectNode object, Around around) {
    JsonNode type = object.path("type");
    boolean part = type.isTextual();
    Around inner = part ? new Around(around.place(), around.role(), spot) : around;
    boolean remote = around.role() == PromptRole.DEFINITION && type.asText().equals("mcp");
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!remote || !CREDENTIALS.contains(member.getKey())) {
        member(object, member, inner);
      }
    }
  }

  private void noteUnknown(JsonNode part, Spot spot, Around around) {
    if (!Vocabulary.isKnownType(part.path("type").asText()) && noted.add(spot)) {
      media.add(new RequestMedia(Unscanned.Kind.UNKNOWN_TYPE, around.place(), spot, ""));
    }
  }

  private void member(ObjectNode object, Map.Entry<String, JsonNode> member, Around around) {
    String name = member.getKey();
    JsonNode value = member.getValue();
    Spot spot = new Spot.Member(object, name);
    if (around.role() != PromptRole.OTHER) {
      requireOneReading(name, around.place());
    }
    if (SCHEMAS.contains(name) && value.isContainerNode()) {
      free(spot, name, value, around.member(name));
    } else if (name.equals("arguments") && value.isContainerNode()) {
      add(spot, name, Form.JSON, around.member(name));
    } else {
      value(spot, name, value, around.member(name));
    }
    memberName(object, name, around);
  }

  /// JSON with names of its own.
  private void free(Spot spot, String name, JsonNode value, Around around) {
    switch (value) {
      case ObjectNode object -> {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
          String inner = member.getKey();
          free(new Spot.Member(object, inner), inner, member.getValue(), around.member(inner));
          memberName(object, inner, around);
        }
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          free(new Spot.Element(array, i), name, array.get(i), around.element(i));
        }
      }
      default -> {
        if (value.isTextual()
            && !(Vocabulary.isSchemaWord(name) && isSchemaWord(value.textValue()))) {
          add(spot, name, Form.PROSE, around);
        }
      }
    }
  }

  private static boolean isSchemaWord(String text) {
    return Vocabulary.isWord(text.startsWith("#") ? text.substring(1).replace("$", "") : text);
  }

  private void memberName(ObjectNode object, String name, Around around) {
    if (!Vocabulary.isPlainName(name)) {
      add(new Spot.Name(object, name), "", Form.PROSE, around.member(name));
    }
  }

  private void string(Spot spot, String name, String text, Around around) {
    boolean medium = RequestMediaKinds.isMedia(name, text, around.part().node());
    if (medium) {
      note(RequestMediaKinds.of(name, text, around.part().node()), text, spot, around);
    }
    boolean carried = medium && !RequestMediaKinds.isReadable(name, text);
    if (!carried && !isWord(name, text, around)) {
      add(spot, name, name.equals("arguments") ? Form.JSON : Form.PROSE, around);
    }
  }

  /// The name of somebody who takes part in a conversation is a text; a tool's is a word.
  private static boolean isWord(String name, String text, Around around) {
    boolean participant =
        name.equals("name")
            && around.role() != PromptRole.TOOL
            && around.part().node().path("role").isTextual()
            && around.part().node().path("name").asText().equals(text);
    return !participant && Vocabulary.isProtocolWord(name, text);
  }

  private void note(Unscanned.Kind kind, String content, Spot spot, Around around) {
    Spot part = around.part().node().has("type") ? around.part() : spot;
    if (noted.add(part)) {
      media.add(new RequestMedia(kind, around.place(), part, content));
    }
  }

  private void add(Spot spot, String name, Form form, Around around) {
    String given = around.role() == PromptRole.DEFINITION ? "" : name;
    texts.add(new RequestText(around.place(), around.role(), form, given, spot));
  }

  private static void requireOneReading(String name, Place place) {
    Vocabulary.mistakenFor(name)
        .ifPresent(meant -> {
          throw Members.fault(
              place.member(name), "may be taken for another member: write `" + meant + "`");
        });
  }
}
