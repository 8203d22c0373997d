package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.Optional;

/// A name that a client chose: a string, or an integer. `1` and `"1"` are two names.
sealed interface TextOrInteger {
  int LONGEST = 256;
  String RULE = "a string of at most 256 characters or an integer of at most 2^53-1 either way";

  /// At most 256 UTF-16 units.
  record Text(String value) implements TextOrInteger {
    @Override
    public JsonNode json() {
      return TextNode.valueOf(value);
    }
  }

  /// Within ±(2^53-1).
  record Whole(long value) implements TextOrInteger {
    @Override
    public JsonNode json() {
      return LongNode.valueOf(value);
    }
  }

  /// With the type that it came with.
  JsonNode json();

  /// Empty for anything else than [#RULE].
  static Optional<TextOrInteger> of(JsonValue value) {
    return switch (value) {
      case JsonString text when text.value().length() <= LONGEST ->
          Optional.of(new Text(text.value()));
      case JsonNumber number when isSafeInteger(number.value()) ->
          Optional.of(new Whole((long) number.value()));
      default -> Optional.empty();
    };
  }

  private static boolean isSafeInteger(double value) {
    return value == Math.rint(value) && Math.abs(value) <= 9007199254740991.0;
  }
}
