package dev.interceptor.server.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/// JSON from and to tool servers: read without losing digits or members, and only when it says one
/// thing to every reader.
final class Messages {
  private static final int MAX_DEPTH = 128;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(64 * 1024 * 1024)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Messages() {}

  /// @throws UpstreamFault PROTOCOL for anything but one JSON object in UTF-8 with unique member
  ///   names, at most 128 deep, whose strings are valid Unicode
  static ObjectNode parse(byte[] utf8) throws UpstreamFault {
    if (!Utf8.isText(utf8)) {
      throw UpstreamFault.protocol("the answer is not UTF-8");
    }
    JsonNode message;
    try {
      message = JSON.readTree(utf8);
    } catch (JsonProcessingException e) {
      throw UpstreamFault.protocol("the answer is not JSON: " + e.getClass().getSimpleName());
    } catch (IOException e) {
      throw UpstreamFault.protocol("the answer is not UTF-8");
    }
    if (!(message instanceof ObjectNode object)) {
      throw UpstreamFault.protocol("the answer is not one JSON-RPC message");
    }
    if (mayHoldSurrogateEscape(utf8)) {
      requireValidUnicode(object);
    }
    return object;
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static byte[] bytes(ObjectNode message) {
    try {
      return JSON.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a message of our own cannot be written", e);
    }
  }

  private static boolean mayHoldSurrogateEscape(byte[] utf8) {
    for (int i = 0; i + 2 < utf8.length; i++) {
      if (utf8[i] == '\\' && utf8[i + 1] == 'u' && (utf8[i + 2] == 'd' || utf8[i + 2] == 'D')) {
        return true;
      }
    }
    return false;
  }

  private static void requireValidUnicode(JsonNode node) throws UpstreamFault {
    if (node.isTextual()) {
      requirePaired(node.textValue());
    }
    for (var member : node.properties()) {
      requirePaired(member.getKey());
      requireValidUnicode(member.getValue());
    }
    if (node.isArray()) {
      for (JsonNode element : node) {
        requireValidUnicode(element);
      }
    }
  }

  private static void requirePaired(String text) throws UpstreamFault {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw UpstreamFault.protocol("the answer holds half a surrogate pair");
      }
    }
  }
}
