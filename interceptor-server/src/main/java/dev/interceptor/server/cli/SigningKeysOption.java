package dev.interceptor.server.cli;

import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.signing.KeyDirectory;
import dev.interceptor.server.signing.KeySource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where the signing keys are: `--directory`, else what the settings say.
final class SigningKeysOption {
  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "",
      description = "where the keys are (default: `token.signing-keys` of the settings)")
  String directory = "";

  @Mixin ConfigOption config = new ConfigOption();

  KeySource source(Surroundings surroundings) {
    return directory.isEmpty()
        ? ServerConfig.loadSigningKeys(
            surroundings.configFile(config.file), surroundings.environment())
        : KeySource.directory(Path.of(directory));
  }

  /// @throws IllegalArgumentException if the settings list files, which no command changes
  KeyDirectory directory(Surroundings surroundings) {
    KeySource source = source(surroundings);
    if (source.isFiles()) {
      throw new IllegalArgumentException(
          "`token.signing-keys` lists files, which are changed by hand (docs/operations.md); this"
              + " command needs a directory");
    }
    return new KeyDirectory(source.paths().getFirst(), InstantSource.system());
  }

  /// The tokens' lifetime; the longest there is where no settings were asked for the directory.
  Duration lifetime(Surroundings surroundings) {
    return directory.isEmpty()
        ? ServerConfig.loadTokenLifetime(
            surroundings.configFile(config.file), surroundings.environment())
        : TokenMinter.MAX_LIFETIME;
  }
}
