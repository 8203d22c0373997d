package dev.interceptor.server.cli;

import dev.interceptor.server.config.InvalidConfigException;
import dev.interceptor.server.policy.InvalidPolicyException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./interceptor`: exit codes are 0 done, 1 the answer is no, 2 usage, 3 could not find out. SPEC
/// §2.
@Command(
    name = "interceptor",
    description = "A zero-trust interceptor for AI tool calls.",
    mixinStandardHelpOptions = true,
    version = "sentinel interceptor 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Start here: ./interceptor dev",
      "Each command explains itself: ./interceptor keys --help"
    })
public final class InterceptorCommand implements Runnable {
  static final int OK = 0;
  static final int NO = 1;
  static final int USAGE = 2;
  static final int UNKNOWN = 3;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  private InterceptorCommand() {}

  /// Runs one command line and returns its exit code.
  ///
  /// @param home the installation: where the shipped policies are
  public static int run(String[] args, Path home, Map<String, String> environment) {
    var surroundings = new Surroundings(home, environment);
    var root = new CommandLine(new InterceptorCommand());
    root.addSubcommand(new DevCommand(surroundings));
    root.addSubcommand(new DemoCommand(surroundings));
    root.addSubcommand(new ServeCommand(surroundings));
    root.addSubcommand(KeysCommand.line(surroundings));
    root.addSubcommand(PolicyCommand.line(surroundings));
    root.addSubcommand(ApprovalsCommand.line(surroundings));
    root.addSubcommand(ToolsCommand.line(surroundings));
    root.addSubcommand(new MigrateCommand(surroundings));
    root.addSubcommand(SigningKeysCommand.line(surroundings));
    root.addSubcommand(AuditCommand.line(surroundings));
    root.setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, line));
    return root.execute(args);
  }

  private static int explain(Exception failure, CommandLine line) {
    line.getErr().println("interceptor: " + failure.getMessage());
    boolean usage =
        failure instanceof InvalidConfigException || failure instanceof InvalidPolicyException;
    return usage ? USAGE : UNKNOWN;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
