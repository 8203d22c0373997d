package dev.interceptor.server.cli;

import dev.interceptor.server.config.ConfigFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What a command finds around it: the installation, the environment and, by default,
/// `./interceptor.yaml`.
record Surroundings(Path home, Map<String, String> environment) {
  private static final Path DEFAULT_CONFIG = Path.of("interceptor.yaml");

  Surroundings {
    environment = Map.copyOf(environment);
  }

  /// @param chosen the `--config` option, or an empty path for the default
  /// @throws IllegalArgumentException if a chosen file cannot be read
  ConfigFile configFile(String chosen) {
    Path file = chosen.isEmpty() ? DEFAULT_CONFIG : Path.of(chosen);
    if (chosen.isEmpty() && !Files.exists(file)) {
      return ConfigFile.NONE;
    }
    try {
      return new ConfigFile(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the configuration file " + file + " cannot be read as UTF-8 text", e);
    }
  }

  /// Where `dev` keeps its state.
  Path devState() {
    return home.resolve(".interceptor");
  }
}
