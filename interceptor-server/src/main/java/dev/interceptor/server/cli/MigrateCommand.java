package dev.interceptor.server.cli;

import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.Schema;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `migrate`: brings the database's schema up to this version, or says whether it is.
@Command(
    name = "migrate",
    description = "Bring the database's schema up to this version; `serve` refuses any other.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor migrate --config /etc/interceptor.yaml"})
final class MigrateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--check", description = "change nothing; exit 1 if the schema is another")
  boolean check;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  MigrateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var database = Database.patient(config.loadDatabase(surroundings));
    var out = spec.commandLine().getOut();
    if (check) {
      List<String> problems = Schema.problems(database);
      problems.forEach(out::println);
      return problems.isEmpty() ? InterceptorCommand.OK : InterceptorCommand.NO;
    }
    List<String> applied = Schema.migrate(database);
    DecisionLog.adopt(database);
    out.println(
        applied.isEmpty() ? "nothing to do" : "applied version " + String.join(", ", applied));
    return InterceptorCommand.OK;
  }
}
