package dev.interceptor.server.cli;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.identity.NewKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `keys create`: a new key, shown once.
@Command(
    name = "create",
    description = "Create an API key, and its customer if there is none of that id.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor keys create --customer acme --label ci --expires-in 90d"})
final class KeysCreateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--customer",
      paramLabel = "ID",
      required = true,
      converter = KeyOptions.ToCustomerId.class,
      description = "whose key it is")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  CustomerId customer;

  @Option(
      names = "--role",
      converter = KeyOptions.ToRole.class,
      description = "agent (default), server, viewer, operator or admin")
  KeyRole role = KeyRole.AGENT;

  @Option(names = "--label", defaultValue = "", description = "a note for the list of keys")
  String label = "";

  @Option(
      names = "--expires-in",
      paramLabel = "TIME",
      converter = KeyOptions.ToDuration.class,
      description = "such as 90d or 12h (default: never)")
  Optional<Duration> lifetime = Optional.empty();

  @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "who creates")
  String by = "";

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  KeysCreateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    NewKey request = request();
    return KeysCommand.withKeys(
        config,
        surroundings,
        keys -> {
          KeysCommand.show(keys.create(request, ApprovalsCommand.actor(by)), spec.commandLine());
          return InterceptorCommand.OK;
        });
  }

  private NewKey request() {
    try {
      return new NewKey(customer, role, label, lifetime);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
