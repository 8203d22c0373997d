package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.signing.SigningKeyFiles;
import dev.interceptor.server.signing.StoredKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `signing-keys list`: names and states, the one that signs first.
@Command(
    name = "list",
    description = "List the key that signs and its predecessors.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor signing-keys list --json"})
final class SigningKeysListCommand implements Callable<Integer> {
  private static final String ROW = "%-43s  %-9s  %-20s  %s%n";

  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON array")
  boolean json;

  @Mixin SigningKeysOption keys = new SigningKeysOption();
  @Spec CommandSpec spec;

  SigningKeysListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    StoredKeys stored = new SigningKeyFiles(keys.source(surroundings)).read();
    Instant now = InstantSource.system().instant();
    ArrayNode rows = rows(stored, StoredKeys.window(keys.lifetime(surroundings)), now);
    stored
        .warning(now)
        .ifPresent(warning -> spec.commandLine().getErr().println("interceptor: " + warning));
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(rows);
      return InterceptorCommand.OK;
    }
    out.printf(ROW, "KID", "STATE", "SINCE", "UNTIL");
    rows.forEach(row ->
        out.printf(
            ROW,
            row.path("kid").asText(),
            row.path("state").asText(),
            row.path("since").asText("-"),
            row.path("until").asText("-")));
    return InterceptorCommand.OK;
  }

  private static ArrayNode rows(StoredKeys stored, Duration window, Instant now) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    rows.addObject()
        .put("kid", stored.signing().kid())
        .put("state", "signing")
        .put("since", second(stored.since()));
    for (StoredKeys.Predecessor key : stored.predecessors()) {
      ObjectNode row =
          rows.addObject()
              .put("kid", key.key().kid())
              .put("state", key.isPublished(now, window) ? "published" : "over");
      key.stopped().ifPresent(at -> row.put("since", second(at)));
      key.leavesAt(window).ifPresent(at -> row.put("until", second(at)));
    }
    return rows;
  }

  private static String second(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
