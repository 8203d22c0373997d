package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.Finding;
import dev.interceptor.core.tlog.LogVerdict;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.server.audit.KeptCheckpoints;
import dev.interceptor.server.audit.LogAudit;
import dev.interceptor.server.audit.ReceiptFile;
import dev.interceptor.server.database.Database;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit verify`: whether the log is what was logged.
@Command(
    name = "verify",
    description = {
      "Verify the whole audit log and name the first row that is not what was logged.",
      "Exit code 0: nothing found; 1: something was; 3: could not find out."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: ./interceptor audit verify --checkpoint kept.txt --key \"$(cat audit.vkey)\""
    })
final class AuditVerifyCommand implements Callable<Integer> {
  private static final String CLEAR_LINE = "\r\033[K";

  private final Surroundings surroundings;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "checkpoints that were kept elsewhere, as `audit export --checkpoints` writes"
              + " them (repeatable)")
  List<Path> checkpoints = List.of();

  @Option(
      names = "--key",
      paramLabel = "VKEY",
      converter = AuditCommand.ToNoteKey.class,
      description =
          "what verifies checkpoints, as `audit key` printed it (default: of the key in"
              + " the settings; repeatable after a change of the key)")
  List<NoteKey> keys = List.of();

  @Option(
      names = "--receipt",
      paramLabel = "FILE",
      description = "verify only this receipt, without a database; needs --key")
  Optional<Path> receipt = Optional.empty();

  @Option(names = "--json", description = "print a JSON object")
  boolean json;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  AuditVerifyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (receipt.isPresent()) {
      return verifyReceipt(receipt.get());
    }
    List<NoteKey> trusted = AuditCommand.keys(keys, config, surroundings);
    List<Checkpoint> kept =
        checkpoints.stream().flatMap(file -> KeptCheckpoints.read(file, trusted).stream()).toList();
    long start = System.nanoTime();
    LogVerdict verdict =
        LogAudit.verify(
            Database.patient(config.loadDatabase(surroundings)), trusted, kept, this::progress);
    double seconds = Math.max(1e-3, (System.nanoTime() - start) / 1e9);
    if (isTerminal()) {
      spec.commandLine().getErr().print(CLEAR_LINE);
    }
    return json ? printJson(verdict, seconds) : print(verdict, seconds);
  }

  private void progress(long rows) {
    if (isTerminal()) {
      spec.commandLine().getErr().printf(Locale.ROOT, CLEAR_LINE + "%,d rows", rows);
      spec.commandLine().getErr().flush();
    }
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  private int print(LogVerdict verdict, double seconds) {
    var out = spec.commandLine().getOut();
    for (Finding finding : verdict.findings()) {
      out.println(sentence(finding));
    }
    out.printf(
        Locale.ROOT,
        "%s: %,d entries, %,d rows, %,d entries signed, %.1f s, %,d rows/s%n",
        verdict.isClean() ? "clean" : "BROKEN",
        verdict.entries(),
        verdict.rows(),
        verdict.signed(),
        seconds,
        Math.round(verdict.rows() / seconds));
    return code(verdict);
  }

  private static String sentence(Finding finding) {
    String rows =
        finding.first() == finding.last()
            ? "row " + finding.first()
            : "a row of " + finding.first() + " to " + finding.last();
    String kind = finding.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return rows + ": " + kind + ": " + finding.detail();
  }

  private int printJson(LogVerdict verdict, double seconds) {
    var body =
        JsonNodeFactory.instance
            .objectNode()
            .put("clean", verdict.isClean())
            .put("entries", verdict.entries())
            .put("rows", verdict.rows())
            .put("signed", verdict.signed())
            .put("root", verdict.root().hex())
            .put("seconds", Math.round(seconds * 1000) / 1000.0);
    var findings = body.putArray("findings");
    for (Finding finding : verdict.findings()) {
      findings
          .addObject()
          .put("kind", finding.kind().name())
          .put("first", finding.first())
          .put("last", finding.last())
          .put("detail", finding.detail());
    }
    spec.commandLine().getOut().println(body);
    return code(verdict);
  }

  private static int code(LogVerdict verdict) {
    return verdict.isClean() ? InterceptorCommand.OK : InterceptorCommand.NO;
  }

  private int verifyReceipt(Path file) {
    if (keys.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--receipt needs --key: a receipt cannot vouch for itself");
    }
    Optional<Checkpoint> proven = ReceiptFile.verify(bytes(file), keys);
    var out = spec.commandLine().getOut();
    out.println(
        proven
            .map(checkpoint ->
                "proven: the decision is in "
                    + checkpoint.origin()
                    + " of "
                    + checkpoint.size()
                    + " entries")
            .orElse("NOT PROVEN: the log's key did not sign a log that has this decision"));
    return proven.isPresent() ? InterceptorCommand.OK : InterceptorCommand.NO;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("`" + file + "` cannot be read", e);
    }
  }
}
