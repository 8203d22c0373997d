package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.policy.PolicyVersion;
import dev.interceptor.server.policy.PolicyVersions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `policy show`: the text of a version, and the list of all versions. Here `--version` is not the
/// program's.
@Command(
    name = "show",
    description = {
      "Print the text of a policy as it was applied, the version in force or another one.",
      "With --versions, list all versions instead, the newest first."
    },
    footer = {"", "Example: ./interceptor policy show default --version 3"})
final class PolicyShowCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "NAME", description = "the policy's name")
  String name = "";

  @Option(names = "--version", paramLabel = "N", description = "default: the one in force")
  Optional<Integer> number = Optional.empty();

  @Option(names = "--versions", description = "list all versions")
  boolean all;

  @Option(names = "--json", description = "print JSON")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message.")
  boolean help;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  PolicyShowCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return PolicyCommand.withVersions(config, surroundings, this::show);
  }

  private int show(PolicyVersions versions) {
    List<PolicyVersion> history = versions.history(name);
    if (history.isEmpty()) {
      return unknown("there is no policy `" + name + "`");
    }
    if (all) {
      print(history);
      return InterceptorCommand.OK;
    }
    int wanted = number.orElseGet(() -> inForce(versions));
    Optional<PolicyVersion> found =
        history.stream().filter(version -> version.version() == wanted).findFirst();
    Optional<String> text = versions.source(name, wanted);
    if (found.isEmpty() || text.isEmpty()) {
      return unknown("`" + name + "` has no version " + wanted);
    }
    print(found.get(), text.get());
    return InterceptorCommand.OK;
  }

  private int inForce(PolicyVersions versions) {
    return versions.heads().stream()
        .filter(head -> head.name().equals(name))
        .mapToInt(PolicyVersion::version)
        .findFirst()
        .orElse(0);
  }

  private void print(List<PolicyVersion> history) {
    if (json) {
      var array = JsonNodeFactory.instance.arrayNode();
      history.forEach(version -> array.add(version.toJson()));
      spec.commandLine().getOut().println(array);
      return;
    }
    new PolicyReport(spec.commandLine()).table(history);
  }

  private void print(PolicyVersion version, String text) {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(version.toJson().put("source", text));
      return;
    }
    out.print(text.endsWith("\n") ? text : text + "\n");
    out.flush();
  }

  private int unknown(String message) {
    spec.commandLine().getErr().println(message);
    return InterceptorCommand.NO;
  }
}
