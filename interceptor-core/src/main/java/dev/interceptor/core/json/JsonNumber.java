package dev.interceptor.core.json;

/// A finite IEEE 754 double; minus zero is kept as zero, which is what RFC 8785 writes for it.
public record JsonNumber(double value) implements JsonValue {
  /// @throws IllegalArgumentException for NaN and the infinities, which JSON cannot write
  public JsonNumber {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a JSON number is finite");
    }
    value = value == 0.0 ? 0.0 : value;
  }
}
