package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.core.policy.LintFinding;
import dev.interceptor.core.policy.LintFinding.Severity;
import dev.interceptor.core.policy.PolicyLint;
import dev.interceptor.core.policy.ToolSchemas;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `policy lint`: what an author should know about policy files.
@Command(
    name = "lint",
    description = {
      "Check policy files: what keeps them from loading, and what can never matter.",
      "Exit 0 without an error (with --strict: without a warning), else 1."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor policy lint policies/support.yaml --strict"})
final class PolicyLintCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "policy files, or folders of them")
  List<Path> paths = List.of();

  @Option(names = "--json", description = "print one JSON array of findings")
  boolean json;

  @Option(names = "--strict", description = "warnings fail too")
  boolean strict;

  @Option(
      names = "--tools",
      paramLabel = "FILE",
      description = "an MCP `tools/list` result: check the arguments that conditions name")
  Optional<Path> tools = Optional.empty();

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    var files = new PolicyPaths(spec.commandLine());
    ToolSchemas schemas = tools.<ToolSchemas>map(this::schemas).orElse(ToolSchemas.UNKNOWN);
    List<Path> sources = files.files(paths, 1);
    List<LintFinding> findings = new ArrayList<>();
    for (Path file : sources) {
      findings.addAll(PolicyLint.lint(files.text(file), file.toString(), schemas));
    }
    if (json) {
      spec.commandLine().getOut().println(json(findings));
    } else {
      print(findings, sources.size());
    }
    boolean failed =
        findings.stream().anyMatch(finding -> strict || finding.severity() == Severity.ERROR);
    return failed ? InterceptorCommand.NO : InterceptorCommand.OK;
  }

  private ToolSchemas schemas(Path file) {
    try {
      return KnownTools.of(new PolicyPaths(spec.commandLine()).text(file));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), file + ": " + e.getMessage(), e);
    }
  }

  private void print(List<LintFinding> findings, int files) {
    PrintWriter out = spec.commandLine().getOut();
    for (LintFinding finding : findings) {
      var at = finding.problem();
      out.printf(
          "%s:%d:%d: %s: %s [%s]%n",
          at.source(), at.line(), at.column(), word(finding), at.message(), finding.code().word());
      finding.fix().ifPresent(fix -> out.println("  fix: " + fix));
    }
    long errors = findings.stream().filter(finding -> finding.severity() == Severity.ERROR).count();
    out.println(
        counted(files, "file")
            + ": "
            + counted(errors, "error")
            + ", "
            + counted(findings.size() - errors, "warning"));
  }

  static String counted(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private static String word(LintFinding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT);
  }

  private static ArrayNode json(List<LintFinding> findings) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (LintFinding finding : findings) {
      var at = finding.problem();
      var node =
          array
              .addObject()
              .put("source", at.source())
              .put("line", at.line())
              .put("column", at.column())
              .put("severity", word(finding))
              .put("code", finding.code().word())
              .put("message", at.message());
      finding.fix().ifPresent(fix -> node.put("fix", fix));
    }
    return array;
  }
}
