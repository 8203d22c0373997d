package dev.interceptor.server.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where the signing keys are: `--directory`, else what the settings say.
final class SigningDirectoryOption {
  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "",
      description = "where the keys are (default: `signing.directory` of the settings)")
  String directory = "";

  @Mixin ConfigOption config = new ConfigOption();

  Path in(Surroundings surroundings) {
    return directory.isEmpty() ? config.load(surroundings).token().keys() : Path.of(directory);
  }
}
