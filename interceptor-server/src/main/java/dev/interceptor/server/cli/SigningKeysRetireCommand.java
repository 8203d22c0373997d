package dev.interceptor.server.cli;

import dev.interceptor.server.signing.StoredKeys;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `signing-keys retire`: a predecessor is no longer published.
@Command(
    name = "retire",
    description = {
      "Remove a key that signs no more, before it leaves by itself. After a leak: rotate, then retire the old key with --now."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor signing-keys retire KID --now"})
final class SigningKeysRetireCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "KID",
      description = "the key's name, as `list` shows it; after `--` if it begins with a dash")
  String kid = "";

  @Option(names = "--now", description = "also while its last tokens may be good; refuses them")
  boolean now;

  @Option(names = "--json", description = "print a JSON object")
  boolean json;

  @Mixin SigningKeysOption keys = new SigningKeysOption();
  @Spec CommandSpec spec;

  SigningKeysRetireCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Duration window = now ? Duration.ZERO : StoredKeys.window(keys.lifetime(surroundings));
    return SigningKeysCommand.show(
        keys.directory(surroundings).retire(kid, window), json, spec.commandLine());
  }
}
