package dev.interceptor.server.cli;

import dev.interceptor.core.identity.ApiKeyId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `keys revoke`: ends a key for good, on every instance within a second.
@Command(
    name = "revoke",
    description = "Revoke an API key; every instance refuses it within a second.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor keys revoke abcd1234"})
final class KeysRevokeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "ID",
      converter = KeyOptions.ToKeyId.class,
      description = "the 8 characters after `ik_`")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  ApiKeyId id;

  @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "who revokes")
  String by = "";

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  KeysRevokeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return KeysCommand.withKeys(
        config,
        surroundings,
        keys ->
            switch (keys.revoke(id, ApprovalsCommand.actor(by))) {
              case REVOKED -> answer("revoked " + id, InterceptorCommand.OK);
              case ALREADY_REVOKED -> answer(id + " was revoked before", InterceptorCommand.OK);
              case UNKNOWN_KEY -> answer("there is no key " + id, InterceptorCommand.NO);
            });
  }

  private int answer(String text, int code) {
    spec.commandLine().getOut().println(text);
    return code;
  }
}
