package dev.interceptor.server.durability;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.database.DatabasePassword;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;

/// A process with a decision log that several threads write to, as an instance does. Prints what
/// was acknowledged: `WRITER NUMBER`.
final class AppendLoop {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ToolRef TOOL = new ToolRef(new UpstreamName("demo"), new ToolName("look"));

  private AppendLoop() {}

  /// The arguments of a process.
  ///
  /// @param name no other process of the test has it
  /// @param rows how many decisions each thread writes
  static List<String> arguments(DatabaseConfig database, String name, int threads, int rows) {
    return List.of(
        database.jdbcUrl(),
        database.user(),
        name,
        Integer.toString(threads),
        Integer.toString(rows));
  }

  public static void main(String[] arguments) {
    var config =
        new DatabaseConfig(
            arguments[0], arguments[1], new DatabasePassword(arguments[1]), 4, PATIENCE);
    int threads = Integer.parseInt(arguments[3]);
    int rows = Integer.parseInt(arguments[4]);
    try (var database = Database.open(config);
        DecisionLog log = DecisionLog.postgres(database.pool(), DEADLINE);
        var writers = Executors.newFixedThreadPool(threads)) {
      for (int thread = 0; thread < threads; thread++) {
        String writer = arguments[2] + '-' + thread;
        writers.execute(() -> write(log, writer, rows));
      }
    }
  }

  private static void write(DecisionLog log, String writer, int rows) {
    for (int number = 0; number < rows; number++) {
      DecisionRecord row = row(writer, number);
      var _ = log.recordPermit(row);
      log.record(
          new OutcomeRecord(
              row.decisionId(),
              Instant.now(),
              OutcomeRecord.Status.COMPLETED,
              Collections.emptySortedSet(),
              Duration.ZERO));
      System.out.println(writer + ' ' + number);
    }
  }

  private static DecisionRecord row(String writer, int number) {
    return new DecisionRecord(
        UUID.randomUUID().toString(),
        Integer.toString(number),
        Instant.now(),
        "test",
        Optional.empty(),
        new Principal(new CustomerId("acme"), new ApiKeyId("abcd1234")),
        new SessionId(writer),
        TOOL,
        Collections.emptySortedSet(),
        Sha256.of(new byte[0]),
        Optional.empty(),
        Optional.empty(),
        Sha256.of(new byte[0]),
        Collections.emptySortedSet(),
        1,
        TokenId.fresh(RANDOM),
        new Decision.Permit(
            List.of(RuleId.STATIC),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            List.of(),
            Optional.empty(),
            SessionState.NEW));
  }
}
