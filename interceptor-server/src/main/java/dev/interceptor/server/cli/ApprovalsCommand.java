package dev.interceptor.server.cli;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.approval.Approval;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.ApprovalStore.Ruled;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.database.Database;
import java.time.InstantSource;
import java.util.function.ToIntBiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `approvals`: the calls that wait for a person.
@Command(
    name = "approvals",
    description = "List, show, approve and deny the calls that wait for a person.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: ./interceptor approvals list"})
final class ApprovalsCommand implements Runnable {
  @Spec CommandSpec spec;

  private ApprovalsCommand() {}

  static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new ApprovalsCommand())
        .addSubcommand(new ApprovalsListCommand(surroundings))
        .addSubcommand(new ApprovalsShowCommand(surroundings))
        .addSubcommand(new ApprovalsApproveCommand(surroundings))
        .addSubcommand(new ApprovalsDenyCommand(surroundings));
  }

  /// Runs the work on the configured database's approvals, under the configured terms.
  static int withApprovals(
      ConfigOption config,
      Surroundings surroundings,
      ToIntBiFunction<ApprovalStore, ApprovalTerms> work) {
    ApprovalTerms terms = config.loadApprovals(surroundings);
    try (var database = Database.open(config.loadDatabase(surroundings))) {
      database.requireKnownSchema();
      return work.applyAsInt(
          ApprovalStore.postgres(database, terms, InstantSource.system()), terms);
    }
  }

  /// Who acts, for the record: the name given, and the account of this machine in any case.
  static String actor(String by) {
    return by.isEmpty() ? PolicyCommand.actor() : by + " (" + PolicyCommand.actor() + ")";
  }

  /// Says what became of a ruling.
  static int report(Ruled ruled, ApprovalId id, CommandLine line) {
    return switch (ruled) {
      case Ruled.Done done -> {
        Approval approval = done.approval();
        line.getOut().println(said(approval));
        yield InterceptorCommand.OK;
      }
      case Ruled.Closed closed -> refused(line, id + ": " + closed.approval().whyClosed());
      case Ruled.NotShown hidden ->
          refused(
              line,
              id
                  + ": the arguments are "
                  + hidden.approval().demand().arguments().bytes()
                  + " bytes long and not kept; --unseen approves them all the same");
      case Ruled.Unknown _ -> refused(line, "there is no approval " + id);
    };
  }

  private static String said(Approval approval) {
    String done = approval.state().word() + " " + approval.id();
    return switch (approval.state()) {
      case APPROVED -> done + ", once, until " + approval.times().expiresAt();
      case PENDING, CLAIMED, USED, DENIED, EXPIRED -> done;
    };
  }

  static int refused(CommandLine line, String why) {
    line.getErr().println(why);
    return InterceptorCommand.NO;
  }

  static final class ToApprovalId implements ITypeConverter<ApprovalId> {
    @Override
    public ApprovalId convert(String text) {
      try {
        return new ApprovalId(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
