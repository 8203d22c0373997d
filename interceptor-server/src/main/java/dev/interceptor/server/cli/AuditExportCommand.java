package dev.interceptor.server.cli;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.server.audit.LogExport;
import dev.interceptor.server.audit.LogSelection;
import dev.interceptor.server.database.Database;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `audit export`: entries or checkpoints, for another place.
@Command(
    name = "export",
    description = {
      "Write the log's entries as lines of JSON,",
      "or its signed checkpoints, which prove later that nothing before them was changed."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor audit export --checkpoints > kept.txt"})
final class AuditExportCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--checkpoints",
      description =
          "write the signed checkpoints, to be kept where the database's owner cannot"
              + " change them")
  boolean checkpoints;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = ToInstant.class,
      description = "entries of this time or later, as 2026-01-31T00:00:00Z")
  Optional<Instant> from = Optional.empty();

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = ToInstant.class,
      description = "entries of an earlier time")
  Optional<Instant> to = Optional.empty();

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      converter = ToKind.class,
      description =
          "entries of this kind: decision, outcome, authentication, admin, policy or"
              + " execution")
  Optional<LogEntry.Kind> kind = Optional.empty();

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  AuditExportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    DataSource database = Database.patient(config.loadDatabase(surroundings));
    PrintWriter out = spec.commandLine().getOut();
    if (checkpoints) {
      List<NoteKey> keys = AuditCommand.keys(List.of(), config, surroundings);
      LogExport.Counted counted = LogExport.checkpoints(database, keys, out::print);
      out.flush();
      spec.commandLine().getErr().println(counted.written() + " checkpoints");
      if (counted.foreign() > 0) {
        spec.commandLine()
            .getErr()
            .println(counted.foreign() + " that the key of the settings did not sign are left out");
        return InterceptorCommand.NO;
      }
    } else {
      LogExport.entries(database, new LogSelection(from, to, kind), line -> out.print(line + '\n'));
    }
    out.flush();
    return InterceptorCommand.OK;
  }

  /// Reads RFC 3339 in UTC.
  static final class ToInstant implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException("write a time as 2026-01-31T00:00:00Z");
      }
    }
  }

  /// Reads the word of a kind.
  static final class ToKind implements ITypeConverter<LogEntry.Kind> {
    @Override
    public LogEntry.Kind convert(String text) {
      return Arrays.stream(LogEntry.Kind.values())
          .filter(kind -> kind.word().equals(text))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException("write one of " + words()));
    }

    private static String words() {
      return Arrays.stream(LogEntry.Kind.values())
          .map(LogEntry.Kind::word)
          .collect(Collectors.joining(", "));
    }
  }
}
