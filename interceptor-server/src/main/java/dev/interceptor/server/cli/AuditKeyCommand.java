package dev.interceptor.server.cli;

import dev.interceptor.server.audit.CheckpointKey;
import dev.interceptor.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `audit key`: the key that signs checkpoints.
@Command(
    name = "key",
    description = {
      "Print the key that verifies the log's checkpoints, to be kept elsewhere;",
      "with --out, make the key that signs them first."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor audit key --out /etc/interceptor/audit.pem"})
final class AuditKeyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "make a key in this new file, of mode 0600")
  Optional<Path> out = Optional.empty();

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  AuditKeyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    spec.commandLine()
        .getOut()
        .println(
            out.map(file ->
                    CheckpointKey.generate(
                        file,
                        ServerConfig.loadAuditOrigin(
                            surroundings.configFile(config.file), surroundings.environment())))
                .orElseGet(() ->
                    CheckpointKey.read(
                            ServerConfig.loadCheckpoints(
                                surroundings.configFile(config.file), surroundings.environment()))
                        .verifier()));
    return InterceptorCommand.OK;
  }
}
