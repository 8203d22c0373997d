package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.core.decision.suite.SuiteReader;
import dev.interceptor.core.decision.suite.SuiteRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `policy test`: runs decision suites with the code that decides.
@Command(
    name = "test",
    description = {
      "Run decision suites: a policy, calls, and the decision that each of them has to get.",
      "Folders are searched, without `invalid`, `lineage` and `results`.",
      "Exit 1 if a suite fails."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor policy test policies/tests/support.yaml"})
final class PolicyTestCommand implements Callable<Integer> {
  private static final Path DEFAULT = Path.of("policies", "tests");

  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "suites or folders (default: policies/tests)")
  List<Path> paths = List.of();

  @Option(names = "--json", description = "print one JSON array of suites")
  boolean json;

  @Spec CommandSpec spec;

  PolicyTestCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var files = new PolicyPaths(spec.commandLine());
    var report = new SuiteReport(spec.commandLine().getOut());
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    int failed = 0;
    int steps = 0;
    List<Path> suites = files.files(paths.isEmpty() ? List.of(tests()) : paths, Integer.MAX_VALUE);
    for (Path file : suites) {
      SuiteReader.Result read =
          SuiteReader.read(
              files.text(file), file.toString(), path -> files.tryText(file.resolveSibling(path)));
      SuiteReport.Outcome outcome =
          switch (read) {
            case SuiteReader.Result.Rejected rejected ->
                new SuiteReport.Outcome.Broken(file.toString(), rejected.problems());
            case SuiteReader.Result.Read good ->
                new SuiteReport.Outcome.Ran(SuiteRun.of(good.suite()));
          };
      failed += outcome.isGood() ? 0 : 1;
      steps += outcome.steps();
      if (json) {
        all.add(SuiteReport.json(outcome));
      } else {
        report.print(outcome);
      }
    }
    if (json) {
      spec.commandLine().getOut().println(all);
    } else {
      report.summary(suites.size(), steps, failed);
    }
    return failed == 0 ? InterceptorCommand.OK : InterceptorCommand.NO;
  }

  private Path tests() {
    return Files.isDirectory(DEFAULT) ? DEFAULT : surroundings.home().resolve(DEFAULT);
  }
}
