package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.signing.SigningKeyFiles;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `signing-keys list`: names and ages, newest first.
@Command(
    name = "list",
    description = "List the signing keys; the first one signs.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor signing-keys list --json"})
final class SigningKeysListCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON array")
  boolean json;

  @Mixin SigningDirectoryOption directory = new SigningDirectoryOption();
  @Spec CommandSpec spec;

  SigningKeysListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    List<SigningKeyFiles.Entry> keys = SigningKeyFiles.list(directory.in(surroundings));
    var out = spec.commandLine().getOut();
    if (json) {
      var array = JsonNodeFactory.instance.arrayNode();
      keys.forEach(entry ->
          array
              .addObject()
              .put("kid", entry.key().kid())
              .put("written_at", entry.writtenAt().toString())
              .put("signs", entry.equals(keys.getFirst())));
      out.println(array);
      return InterceptorCommand.OK;
    }
    keys.forEach(entry -> out.println(entry.key().kid() + "  " + entry.writtenAt()));
    return InterceptorCommand.OK;
  }
}
