package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.server.http.Headers;
import dev.interceptor.server.upstream.ArgumentMirrors;
import dev.interceptor.server.upstream.HeaderValue;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// `Mcp-Param-*`: headers that repeat arguments because the tool's schema says so. Those it does
/// not know are few and short, and go no further: no policy decides about them.
final class ParamHeaders {
  private static final int MOST_UNKNOWN = 32;
  private static final int LONGEST_UNKNOWN = 1024;
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,19})(\\.[0-9]{1,19})?");

  private ParamHeaders() {}

  /// @throws RefusedMessage with the code -32020 for a header that is missing, differs from its
  ///   argument, repeats an absent one or is not well-formed, and for too many or too long ones
  static void check(Headers headers, ArgumentMirrors mirrors, JsonObject arguments)
      throws RefusedMessage {
    var present = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (String name : headers.names()) {
      if (isParam(name)) {
        present.put(name, StandardHeaders.single(headers, name));
      }
    }
    for (ArgumentMirrors.Mirror mirror : mirrors.mirrors()) {
      String name = ArgumentMirrors.PREFIX + mirror.header();
      requireAgreement(name, Optional.ofNullable(present.remove(name)), mirror.argument(arguments));
    }
    requireModest(present.values());
  }

  private static boolean isParam(String name) {
    String prefix = ArgumentMirrors.PREFIX;
    return name.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  private static void requireAgreement(
      String name, Optional<String> header, Optional<JsonValue> argument) throws RefusedMessage {
    if (header.isEmpty() && argument.isPresent()) {
      throw StandardHeaders.mismatch(name, "is missing: repeat there the argument it stands for");
    }
    if (header.isPresent() && argument.isEmpty()) {
      throw StandardHeaders.mismatch(
          name, "repeats an argument that is not there: leave the header out");
    }
    boolean agrees =
        header.isEmpty()
            || HeaderValue.decode(header.get())
                .filter(decoded -> repeats(decoded, argument.orElseThrow()))
                .isPresent();
    if (!agrees) {
      throw StandardHeaders.mismatch(
          name, "differs from the argument it stands for: write the same in both");
    }
  }

  private static boolean repeats(String header, JsonValue argument) {
    return switch (argument) {
      case JsonString string -> string.value().equals(header);
      case JsonBoolean bool -> Boolean.toString(bool.value()).equals(header);
      case JsonNumber number ->
          DECIMAL.matcher(header).matches()
              && new BigDecimal(header).compareTo(new BigDecimal(number.value())) == 0;
      default -> false;
    };
  }

  private static void requireModest(Collection<String> unknown) throws RefusedMessage {
    for (String value : unknown) {
      if (HeaderValue.decode(value).isEmpty()) {
        throw StandardHeaders.mismatch(
            ArgumentMirrors.PREFIX + "*", "is not well-formed: write visible ASCII");
      }
    }
    if (unknown.size() > MOST_UNKNOWN
        || unknown.stream().anyMatch(value -> value.length() > LONGEST_UNKNOWN)) {
      throw StandardHeaders.mismatch(
          ArgumentMirrors.PREFIX + "*",
          "is too long or too often there: send at most %d unknown headers of at most %d characters"
              .formatted(MOST_UNKNOWN, LONGEST_UNKNOWN));
    }
  }
}
