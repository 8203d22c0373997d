package dev.interceptor.server.cli;

import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.pinning.PinStore;
import dev.interceptor.server.upstream.Pinning;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `tools`: which definitions of tools are trusted.
@Command(
    name = "tools",
    description = "List, show and approve the definitions of tools that servers list.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: ./interceptor tools list"})
final class ToolsCommand implements Runnable {
  @Spec CommandSpec spec;

  private ToolsCommand() {}

  static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new ToolsCommand())
        .addSubcommand(new ToolsListCommand(surroundings))
        .addSubcommand(new ToolsShowCommand(surroundings))
        .addSubcommand(new ToolsApproveCommand(surroundings));
  }

  /// Runs the work on the configured database's pins; an upstream that the settings do not name is
  /// taken as one that is trusted at first sight.
  static int withPins(
      ConfigOption config,
      Surroundings surroundings,
      ToIntBiFunction<PinStore, Function<UpstreamName, Pinning>> work) {
    Map<UpstreamName, Pinning> pinning = config.loadPinning(surroundings);
    try (var database = Database.open(config.loadDatabase(surroundings))) {
      database.requireKnownSchema();
      return work.applyAsInt(
          PinStore.postgres(database.pool(), InstantSource.system()),
          upstream -> pinning.getOrDefault(upstream, Pinning.FIRST_SIGHT));
    }
  }

  static int refused(CommandLine line, String why) {
    line.getErr().println(why);
    return InterceptorCommand.NO;
  }

  /// Reads `upstream__tool`.
  static final class ToToolRef implements ITypeConverter<ToolRef> {
    @Override
    public ToolRef convert(String text) {
      int cut = text.indexOf(ToolRef.SEPARATOR);
      if (cut < 1) {
        throw new TypeConversionException("write UPSTREAM__TOOL, as `tools list` does");
      }
      try {
        return new ToolRef(
            new UpstreamName(text.substring(0, cut)),
            new ToolName(text.substring(cut + ToolRef.SEPARATOR.length())));
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
