package dev.interceptor.core.json;

/// The gate: JSON text (RFC 8259) that every parser reads alike becomes a value, all other text is
/// refused.
///
/// Refused are, besides text that is not JSON: anything but valid UTF-8, a byte order mark, lone
/// surrogates, member names that occur twice in an object once their escapes are resolved, data
/// after the value, and text beyond the [JsonLimits].
///
/// A number is accepted if its double, written the ECMAScript way, has the very value of the
/// literal; integers reach to 2^53-1 either way. An integral value from 2^53 up to 10^21, which the
/// canonical form would write as a longer integer, is refused in every spelling. What is accepted
/// is therefore accepted again in its canonical form.
///
/// Time and memory are linear in the length of the text, whatever its numbers; member names chosen
/// to collide cost a logarithm more.
public final class StrictJson {
  private StrictJson() {}

  /// @throws MalformedJsonException if the text is refused
  public static JsonValue parse(byte[] utf8, JsonLimits limits) throws MalformedJsonException {
    return new JsonParser(utf8, limits, NumberScanner.Fidelity.EXACT).document();
  }

  /// As [#parse], and refuses a text that is not an object.
  public static JsonObject parseObject(byte[] utf8, JsonLimits limits)
      throws MalformedJsonException {
    return new JsonParser(utf8, limits, NumberScanner.Fidelity.EXACT).objectDocument();
  }

  /// As [#parse], with every number rounded to the nearest double. Not the gate: two texts that
  /// differ become one value. The examples of RFC 8785 are written for it.
  static JsonValue parseRounding(byte[] utf8, JsonLimits limits) throws MalformedJsonException {
    return new JsonParser(utf8, limits, NumberScanner.Fidelity.ROUNDED).document();
  }
}
