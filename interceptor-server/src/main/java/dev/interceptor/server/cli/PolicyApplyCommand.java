package dev.interceptor.server.cli;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.policy.PolicyChange;
import dev.interceptor.server.policy.PolicyText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `policy apply`: puts the policies of a file in force, all of them or none.
@Command(
    name = "apply",
    description = {
      "Put all policies of a file in force, in one transaction: on every instance within a second.",
      "A file with a problem changes nothing (exit 1)."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: ./interceptor policy apply support.yaml --note \"mail\" --customer acme"
    })
final class PolicyApplyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "one or several policies, YAML or JSON")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  Path file;

  @Option(names = "--note", defaultValue = "", description = "why, for the list of versions")
  String note = "";

  @Option(
      names = "--customer",
      paramLabel = "ID",
      converter = KeyOptions.ToCustomerId.class,
      description = "this policy decides for the customer from now on (repeatable)")
  List<CustomerId> customers = List.of();

  @Option(
      names = "--expect-version",
      paramLabel = "N",
      description = "change nothing unless version N is in force; 0: unless there is none")
  Optional<Integer> expected = Optional.empty();

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  PolicyApplyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var report = new PolicyReport(spec.commandLine());
    PolicyChange change = change();
    return switch (PolicyText.readToStore(text(), file.toString())) {
      case PolicyText.Reading.Bad bad -> report.refused(bad.problems());
      case PolicyText.Reading.Good good -> {
        good.text().warnings().forEach(warning -> spec.commandLine().getErr().println(warning));
        if (change.meansOne() && good.text().policies().size() != 1) {
          throw usage("--customer and --expect-version are for a file with one policy");
        }
        yield PolicyCommand.withVersions(
            config, surroundings, versions -> report.applied(versions.apply(good.text(), change)));
      }
    };
  }

  private PolicyChange change() {
    try {
      return new PolicyChange(
          PolicyCommand.actor(),
          note,
          expected.map(OptionalInt::of).orElse(OptionalInt.empty()),
          customers);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private String text() {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      throw usage(file + " cannot be read as UTF-8 text");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
