package dev.interceptor.server.cli;

import dev.interceptor.server.config.ServerConfig;
import picocli.CommandLine.Option;

/// `--config`, for the commands that work on what `serve` works on.
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "",
      description = "settings (default: ./interceptor.yaml); INTERCEPTOR_… variables override it")
  String file = "";

  ServerConfig load(Surroundings surroundings) {
    return ServerConfig.load(surroundings.configFile(file), surroundings.environment());
  }
}
