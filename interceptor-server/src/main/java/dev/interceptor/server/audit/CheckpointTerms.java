package dev.interceptor.server.audit;

import dev.interceptor.core.tlog.NoteKey;
import java.nio.file.Path;
import java.time.Duration;

/// How the log's checkpoints are signed.
///
/// @param key a PEM file with an Ed25519 private key, which signs nothing else
/// @param origin the log's name, which is the key's name in notes
/// @param interval how old the newest checkpoint may become while the log grows
public record CheckpointTerms(Path key, String origin, Duration interval) {
  /// The log's name unless the settings say otherwise.
  public static final String ORIGIN = "sentinel-interceptor/audit";

  public static final Duration INTERVAL = Duration.ofSeconds(10);

  /// @throws IllegalArgumentException if the text is no path
  public static Path keyFile(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("an empty path");
    }
    return Path.of(text);
  }

  /// @return the name
  /// @throws IllegalArgumentException if a key cannot be called this in a note
  public static String requireOrigin(String name) {
    if (!NoteKey.isName(name)) {
      throw new IllegalArgumentException("a log's name has no spaces and no `+`");
    }
    return name;
  }
}
