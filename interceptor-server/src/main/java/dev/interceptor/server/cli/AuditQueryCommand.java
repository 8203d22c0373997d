package dev.interceptor.server.cli;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.server.audit.AuditEntries;
import dev.interceptor.server.audit.AuditEntries.Placed;
import dev.interceptor.server.audit.AuditFilter;
import dev.interceptor.server.audit.AuditFilter.Match;
import dev.interceptor.server.audit.AuditFilter.Which;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.pinning.VisibleText;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit query`: what is on record, newest first.
@Command(
    name = "query",
    description = {
      "Show entries of the audit log, newest first.",
      "--where takes the columns kind, action, actor, customer_id, decision_id, jti, key_id,"
          + " outcome,",
      "policy_digest, reason, request_id, session_id, target, tool and upstream."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: ./interceptor audit query --where tool=send_email --where outcome=deny",
      "         ./interceptor audit query --unexecuted --since 2026-11-21T00:00:00Z --json"
    })
final class AuditQueryCommand implements Callable<Integer> {
  private static final String ROW = "%10s  %-24s  %-14s  %-12s  %-28s  %-20s  %s%n";
  private static final Map<String, Match> MATCHES =
      Arrays.stream(Match.values()).collect(Collectors.toMap(Match::word, match -> match));

  private final Surroundings surroundings;

  @Option(
      names = "--where",
      paramLabel = "COLUMN=VALUE",
      description = "only entries with this value; can be repeated")
  Map<String, String> where = new TreeMap<>();

  @Option(names = "--since", paramLabel = "TIME", description = "such as 2026-11-21T00:00:00Z")
  Optional<String> since = Optional.empty();

  @Option(names = "--until", paramLabel = "TIME", description = "only entries before it")
  Optional<String> until = Optional.empty();

  @Option(
      names = "--unpermitted",
      description = "executions that tool servers reported and no permit on record led to")
  boolean unpermitted;

  @Option(
      names = "--unexecuted",
      description = "permits whose execution no tool server reported in time")
  boolean unexecuted;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "entries at most (default: ${DEFAULT-VALUE}; 0 for all)")
  int limit = 50;

  @Option(names = "--json", description = "print one JSON object a line")
  boolean json;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  AuditQueryCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    AuditFilter filter = filter();
    var settings = config.loadDatabase(surroundings);
    try (var database = Database.open(settings)) {
      database.requireKnownSchema();
    }
    print(AuditEntries.postgres(Database.patient(settings)), filter);
    return InterceptorCommand.OK;
  }

  private AuditFilter filter() {
    try {
      if (unpermitted && unexecuted) {
        throw new IllegalArgumentException("write --unpermitted or --unexecuted, not both");
      }
      if (limit < 0) {
        throw new IllegalArgumentException("--limit is 0 or more");
      }
      AuditFilter filter = AuditFilter.ALL;
      for (Map.Entry<String, String> one : where.entrySet()) {
        Match match = MATCHES.get(one.getKey());
        if (match == null) {
          throw new IllegalArgumentException(
              "--where: there is no column `"
                  + one.getKey()
                  + "`: write "
                  + MATCHES.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        filter = filter.with(match, one.getValue());
      }
      return new AuditFilter(
          filter.equal(),
          since.map(text -> AuditFilter.instant("--since", text)),
          until.map(text -> AuditFilter.instant("--until", text)),
          unpermitted ? Which.UNPERMITTED : unexecuted ? Which.UNEXECUTED : Which.EVERY);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void print(AuditEntries entries, AuditFilter filter) {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.printf(ROW, "IDX", "AT", "KIND", "OUTCOME", "WHAT", "WHO", "DETAIL");
    }
    int left = limit == 0 ? Integer.MAX_VALUE : limit;
    Optional<Long> before = Optional.empty();
    List<Placed> page;
    do {
      page = entries.page(filter, before, Math.min(left, AuditEntries.LONGEST_PAGE));
      page.forEach(placed -> print(out, placed));
      out.flush();
      left -= page.size();
      before = page.isEmpty() ? before : Optional.of(page.getLast().idx());
    } while (left > 0 && page.size() == AuditEntries.LONGEST_PAGE);
  }

  private void print(PrintWriter out, Placed placed) {
    if (json) {
      out.println(placed.json());
      return;
    }
    LogEntry entry = placed.entry();
    out.printf(
        ROW,
        placed.idx(),
        text(entry, "at").map(AuditQueryCommand::moment).orElse("-"),
        text(entry, "kind").orElse("-"),
        text(entry, "outcome").orElse("-"),
        first(entry, "tool", "action", "decision_id"),
        who(entry),
        details(entry));
  }

  /// A moment without needless zeros. A row that somebody wrote past the log may say anything.
  static String moment(String at) {
    try {
      return Instant.parse(at).toString();
    } catch (DateTimeParseException _) {
      return at;
    }
  }

  private static String who(LogEntry entry) {
    var who = new ArrayList<String>();
    Stream.of("customer_id", "key_id", "actor")
        .forEach(name -> text(entry, name).ifPresent(who::add));
    return who.isEmpty() ? "-" : String.join(" ", who);
  }

  private static String details(LogEntry entry) {
    return Stream.of("reason", "session_id", "target", "detail", "jti")
        .flatMap(name -> text(entry, name).stream())
        .collect(Collectors.joining(" "));
  }

  private static String first(LogEntry entry, String... names) {
    return Arrays.stream(names).flatMap(name -> text(entry, name).stream()).findFirst().orElse("-");
  }

  /// A terminal gets visible characters only.
  private static Optional<String> text(LogEntry entry, String name) {
    return entry.text(name).map(VisibleText::of);
  }
}
