package dev.interceptor.server.cli;

import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.server.policy.PolicyVersion;
import dev.interceptor.server.policy.PolicyVersions.Applied;
import dev.interceptor.server.policy.PolicyVersions.Effect;
import dev.interceptor.server.policy.PolicyVersions.Entry;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine;

/// How the policy commands say what they found and did.
record PolicyReport(CommandLine line) {
  private static final String ROW = "%-24s  %7s  %-12s  %-20s  %-16s  %s%n";

  /// Every problem as `file:line:column: message`.
  int refused(List<PolicyProblem> problems) {
    problems.forEach(problem -> line.getErr().println(problem));
    line.getErr().println("nothing was applied");
    return InterceptorCommand.NO;
  }

  /// @return the exit code
  int applied(Applied applied) {
    return switch (applied) {
      case Applied.Done done -> {
        done.entries().forEach(this::applied);
        yield InterceptorCommand.OK;
      }
      case Applied.OtherVersion other ->
          refused(
              other.inForce() == 0
                  ? "there is no `" + other.name() + "` yet"
                  : "`" + other.name() + "` is at version " + other.inForce());
      case Applied.UnknownCustomers unknown ->
          refused(
              "there is no customer "
                  + String.join(", ", unknown.ids().stream().map(id -> "`" + id + "`").toList())
                  + "; `./interceptor keys create` makes one");
    };
  }

  private void applied(Entry entry) {
    PolicyVersion version = entry.version();
    line.getOut()
        .println(
            entry.effect() == Effect.UNCHANGED
                ? version.name() + ": unchanged, version " + version.version()
                : version.name() + ": version " + version.version() + " is in force");
  }

  int refused(String why) {
    line.getErr().println(why);
    line.getErr().println("nothing was applied");
    return InterceptorCommand.NO;
  }

  void table(List<PolicyVersion> versions) {
    line.getOut().printf(ROW, "NAME", "VERSION", "DIGEST", "APPLIED", "BY", "NOTE");
    for (PolicyVersion version : versions) {
      line.getOut()
          .printf(
              ROW,
              version.name(),
              version.version(),
              version.digest().hex().substring(0, 12),
              Instant.ofEpochSecond(version.appliedAt().getEpochSecond()),
              version.appliedBy(),
              version.note());
    }
  }
}
