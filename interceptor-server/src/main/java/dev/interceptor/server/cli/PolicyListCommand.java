package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.policy.PolicyVersion;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `policy list`: the versions in force.
@Command(
    name = "list",
    description = "List the policies in the database, each with the version in force.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor policy list --json"})
final class PolicyListCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON array")
  boolean json;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  PolicyListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return PolicyCommand.withVersions(
        config,
        surroundings,
        versions -> {
          print(versions.heads());
          return InterceptorCommand.OK;
        });
  }

  private void print(List<PolicyVersion> heads) {
    if (json) {
      var array = JsonNodeFactory.instance.arrayNode();
      heads.forEach(head -> array.add(head.toJson()));
      spec.commandLine().getOut().println(array);
      return;
    }
    new PolicyReport(spec.commandLine()).table(heads);
  }
}
