package dev.interceptor.server.mcp;

import java.util.Optional;

/// The versions of MCP that begin with `initialize`, the oldest first.
enum LegacyVersion {
  MARCH_2025("2025-03-26"),
  JUNE_2025("2025-06-18"),
  NOVEMBER_2025("2025-11-25");

  static final LegacyVersion LATEST = NOVEMBER_2025;

  /// What a request without the version's header speaks, unless its session tells.
  static final LegacyVersion UNSPOKEN = MARCH_2025;

  private final String text;

  LegacyVersion(String text) {
    this.text = text;
  }

  /// As it is written on the wire.
  String text() {
    return text;
  }

  /// Only the oldest has batches, and has to take them.
  boolean takesBatches() {
    return this == MARCH_2025;
  }

  static Optional<LegacyVersion> of(String text) {
    for (LegacyVersion version : values()) {
      if (version.text.equals(text)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }
}
