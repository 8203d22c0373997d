package dev.interceptor.server.cli;

import dev.interceptor.core.identity.ApiKeyId;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `keys rotate`: a successor for a key, which lives on for a while.
@Command(
    name = "rotate",
    description = "Create a successor with the same customer and role; the old key expires later.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor keys rotate abcd1234 --overlap 24h"})
final class KeysRotateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "ID",
      converter = KeyOptions.ToKeyId.class,
      description = "the 8 characters after `ik_`")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  ApiKeyId id;

  @Option(
      names = "--overlap",
      paramLabel = "TIME",
      converter = KeyOptions.ToDuration.class,
      description = "how long the old key stays good (default: 24h)")
  Duration overlap = Duration.ofHours(24);

  @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "who rotates")
  String by = "";

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  KeysRotateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return KeysCommand.withKeys(
        config,
        surroundings,
        keys -> {
          var successor = keys.rotate(id, overlap, ApprovalsCommand.actor(by));
          if (successor.isEmpty()) {
            spec.commandLine().getErr().println("there is no live key " + id);
            return InterceptorCommand.NO;
          }
          KeysCommand.show(successor.get(), spec.commandLine());
          return InterceptorCommand.OK;
        });
  }
}
