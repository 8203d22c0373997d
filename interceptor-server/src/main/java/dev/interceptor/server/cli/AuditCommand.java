package dev.interceptor.server.cli;

import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.server.audit.CheckpointKey;
import dev.interceptor.server.config.ServerConfig;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `audit`: the log of what was decided.
@Command(
    name = "audit",
    description = "Query, verify and export the audit log, and make the key of its checkpoints.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: ./interceptor audit verify"})
final class AuditCommand implements Runnable {
  @Spec CommandSpec spec;

  private AuditCommand() {}

  static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new AuditCommand())
        .addSubcommand(new AuditQueryCommand(surroundings))
        .addSubcommand(new AuditVerifyCommand(surroundings))
        .addSubcommand(new AuditExportCommand(surroundings))
        .addSubcommand(new AuditKeyCommand(surroundings));
  }

  /// The keys of `--key`, else the one of the settings.
  static List<NoteKey> keys(List<NoteKey> given, ConfigOption config, Surroundings surroundings) {
    return given.isEmpty()
        ? List.of(
            CheckpointKey.read(
                    ServerConfig.loadCheckpoints(
                        surroundings.configFile(config.file), surroundings.environment()))
                .verifier())
        : given;
  }

  /// Reads what `audit key` prints.
  static final class ToNoteKey implements ITypeConverter<NoteKey> {
    @Override
    public NoteKey convert(String text) {
      return NoteKey.parse(text)
          .orElseThrow(
              () -> new TypeConversionException("write NAME+KEYID+KEY, as `audit key` printed it"));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
