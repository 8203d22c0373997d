package dev.interceptor.server.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.interceptor.core.policy.Detection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One look at one result: notes what kinds are found and gives a copy in which those to be
/// redacted are replaced.
final class ResultScan {
  /// Most characters of one result that are looked at.
  static final int MAX_CHARACTERS = 8 * 1024 * 1024;

  /// Longest base64 that is decoded.
  static final int MAX_ENCODED = 1024 * 1024;

  private static final int SHORTEST_NUMBER = 9;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Detectors detectors;
  private final Set<Detection> wanted;
  private final Set<Detection> redacted;
  private final Set<Detection> found = EnumSet.noneOf(Detection.class);
  private int budget = MAX_CHARACTERS;

  /// @param wanted what to look for
  /// @param redacted what of that to replace
  ResultScan(Detectors detectors, Set<Detection> wanted, Set<Detection> redacted) {
    this.detectors = detectors;
    this.wanted = wanted;
    this.redacted = redacted;
  }

  static ObjectNode nothing() {
    return JSON.objectNode();
  }

  Set<Detection> found() {
    return found;
  }

  ObjectNode scanned(ObjectNode object) {
    ObjectNode copy = JSON.objectNode();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String name = text("", member.getKey());
      while (copy.has(name)) {
        name += "_";
      }
      copy.set(name, value(member.getKey(), member.getValue(), object));
    }
    return copy;
  }

  private JsonNode value(String name, JsonNode value, ObjectNode parent) {
    return switch (value.getNodeType()) {
      case OBJECT -> value instanceof ObjectNode object ? content(object) : value;
      case ARRAY -> value instanceof ArrayNode array ? scanned(name, array, parent) : value;
      case STRING ->
          TextNode.valueOf(
              isEncoded(name, parent) ? encoded(value.textValue()) : text(name, value.textValue()));
      case NUMBER -> number(value);
      default -> value;
    };
  }

  private ArrayNode scanned(String name, ArrayNode array, ObjectNode parent) {
    ArrayNode copy = JSON.arrayNode(array.size());
    array.forEach(element -> copy.add(value(name, element, parent)));
    return copy;
  }

  /// An image or a recording that has to go is replaced as a whole by a text.
  private ObjectNode content(ObjectNode object) {
    ObjectNode seen = scanned(object);
    boolean media = isMedia(object.path("type").asText());
    if (media && !isBase64(seen.path("data").asText())) {
      return JSON.objectNode().put("type", "text").put("text", seen.path("data").asText());
    }
    JsonNode blob = seen.path("blob");
    if (object.has("uri") && blob.isTextual() && !isBase64(blob.asText())) {
      seen.remove(List.of("blob", "mimeType"));
      seen.put("text", blob.asText());
    }
    return seen;
  }

  private static boolean isMedia(String type) {
    return type.equals("image") || type.equals("audio");
  }

  private static boolean isEncoded(String name, ObjectNode parent) {
    return (name.equals("data") && isMedia(parent.path("type").asText()))
        || (name.equals("blob") && parent.has("uri"));
  }

  private static boolean isBase64(String text) {
    return !text.startsWith("[");
  }

  /// A number long enough to be an account or a card.
  private JsonNode number(JsonNode value) {
    String digits = value.asText();
    if (!value.isIntegralNumber() || digits.length() < SHORTEST_NUMBER) {
      return value;
    }
    String seen = text("", digits);
    return seen.equals(digits) ? value : TextNode.valueOf(seen);
  }

  private String text(String name, String value) {
    budget -= Math.min(budget, value.length());
    if (budget == 0) {
      return unseen(value);
    }
    List<Finding> findings;
    try {
      findings = detectors.find(name, value, wanted);
    } catch (RuntimeException e) {
      return unseen(value);
    }
    findings.forEach(finding -> found.add(finding.kind()));
    return Redaction.redacted(
        value, findings.stream().filter(finding -> redacted.contains(finding.kind())).toList());
  }

  /// What cannot be looked at counts as everything that is looked for.
  private String unseen(String value) {
    found.addAll(wanted);
    return redacted.isEmpty() ? value : Redaction.placeholder(redacted);
  }

  /// Text in base64 is looked at as text; anything else cannot be.
  private String encoded(String base64) {
    Optional<String> decoded = decoded(base64);
    if (decoded.isEmpty()) {
      return unseen(base64);
    }
    String seen = text("", decoded.get());
    return seen.equals(decoded.get())
        ? base64
        : Base64.getEncoder().encodeToString(seen.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> decoded(String base64) {
    if (base64.length() > MAX_ENCODED) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.chars().allMatch(ResultScan::isText) ? Optional.of(text) : Optional.empty();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isText(int c) {
    return c >= ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
