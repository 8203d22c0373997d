package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.identity.StoredKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `keys list`: every key, never its secret.
@Command(
    name = "list",
    description = "List all API keys, the revoked and expired ones too.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor keys list --json"})
final class KeysListCommand implements Callable<Integer> {
  private static final String ROW = "%-8s  %-16s  %-8s  %-20s  %-20s  %-20s  %s%n";

  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON array")
  boolean json;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  KeysListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return KeysCommand.withKeys(
        config,
        surroundings,
        keys -> {
          print(keys.list());
          return InterceptorCommand.OK;
        });
  }

  private void print(List<StoredKey> keys) {
    var out = spec.commandLine().getOut();
    if (json) {
      var array = JsonNodeFactory.instance.arrayNode();
      keys.forEach(key -> array.add(key.toJson()));
      out.println(array);
      return;
    }
    out.printf(ROW, "ID", "CUSTOMER", "ROLE", "EXPIRES", "REVOKED", "LAST USED", "LABEL");
    for (StoredKey key : keys) {
      out.printf(
          ROW,
          key.id(),
          key.customer(),
          key.role().word(),
          second(key.expiresAt()),
          second(key.revokedAt()),
          second(key.lastUsedAt()),
          key.label());
    }
  }

  private static String second(Optional<Instant> at) {
    return at.map(instant -> Instant.ofEpochSecond(instant.getEpochSecond()).toString())
        .orElse("-");
  }
}
