package dev.interceptor.core.json;

/// How deep a text may nest and how long it may be.
///
/// @param maxDepth containers around the innermost value, 1 to 512
/// @param maxBytes length of the whole text in bytes, 1 to 64 MiB
public record JsonLimits(int maxDepth, int maxBytes) {
  /// The limits of tool routes: depth 64, 2 MiB (SPEC §3).
  public static final JsonLimits DEFAULT = new JsonLimits(64, 2 * 1024 * 1024);

  /// @throws IllegalArgumentException if a limit is out of its bounds
  public JsonLimits {
    if (maxDepth < 1 || maxDepth > 512) {
      throw new IllegalArgumentException("maximum depth must be 1 to 512, got " + maxDepth);
    }
    if (maxBytes < 1 || maxBytes > 64 * 1024 * 1024) {
      throw new IllegalArgumentException(
          "maximum length must be 1 to 67108864 bytes, got " + maxBytes);
    }
  }
}
