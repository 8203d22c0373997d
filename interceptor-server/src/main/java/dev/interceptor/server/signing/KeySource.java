package dev.interceptor.server.signing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Where the signing keys are: one directory, or PEM files of which the first signs.
///
/// @param paths at least one; several are files
public record KeySource(List<Path> paths) {
  /// @throws IllegalArgumentException if there is no path
  public KeySource {
    paths = List.copyOf(paths);
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("no path");
    }
  }

  public static KeySource directory(Path directory) {
    return new KeySource(List.of(directory));
  }

  /// @param text a path, or paths separated by commas
  /// @throws IllegalArgumentException if one of them is empty or not a path
  public static KeySource parse(String text) {
    return new KeySource(
        Arrays.stream(text.split(",", -1))
            .map(String::strip)
            .map(path -> {
              if (path.isEmpty()) {
                throw new IllegalArgumentException("an empty path");
              }
              return Path.of(path);
            })
            .toList());
  }

  /// Whether the paths are files; a single path that is not a file is a directory, which may not
  /// exist yet.
  public boolean isFiles() {
    return paths.size() > 1 || Files.isRegularFile(paths.getFirst());
  }

  /// As in the settings.
  @Override
  public String toString() {
    return String.join(",", paths.stream().map(Path::toString).toList());
  }
}
