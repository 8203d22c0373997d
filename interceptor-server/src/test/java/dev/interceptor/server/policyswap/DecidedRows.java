package dev.interceptor.server.policyswap;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Holds every row of the decision log to the one version that it names.
final class DecidedRows {
  private final DatabaseConfig database;
  private final Map<String, Instant> sent;
  private final Map<String, Version> byDigest = new HashMap<>();
  private final Map<Integer, Version> byGeneration = new HashMap<>();

  private record Version(int generation, Instant appliedAt) {}

  /// @param rows looked at
  /// @param versions that decided at least one of them
  /// @param misfits rows that name no version, or whose verdict is not that of the version they
  ///   name, or that were decided before it was applied
  /// @param longestLag from a version's application to the sending of the last call that the one
  ///   before it decided
  record Findings(long rows, int versions, List<String> misfits, Duration longestLag) {}

  private DecidedRows(DatabaseConfig database, Map<String, Instant> sent) {
    this.database = database;
    this.sent = sent;
  }

  /// @param generations those that were applied, 1 to n
  /// @param sent when the call of a decision was sent, where that is known
  static Findings check(
      DatabaseConfig database, String policy, int generations, Map<String, Instant> sent)
      throws SQLException {
    var rows = new DecidedRows(database, sent);
    rows.readVersions(policy, generations);
    return rows.judge();
  }

  private void readVersions(String policy, int generations) throws SQLException {
    Map<String, Integer> expected = new HashMap<>();
    for (int generation = 1; generation <= generations; generation++) {
      expected.put(Generations.compiled(policy, generation).digest().hex(), generation);
    }
    try (Connection connection = Database.patient(database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery("SELECT digest, applied_at FROM policy_versions")) {
      while (found.next()) {
        Integer generation = expected.get(found.getString(1));
        if (generation != null) {
          var version =
              new Version(generation, found.getObject(2, OffsetDateTime.class).toInstant());
          byDigest.put(found.getString(1), version);
          byGeneration.put(generation, version);
        }
      }
    }
  }

  private Findings judge() throws SQLException {
    long rows = 0;
    Set<Integer> versions = new HashSet<>();
    List<String> misfits = new ArrayList<>();
    Duration longest = Duration.ZERO;
    try (Connection connection = Database.patient(database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT decision_id, policy_digest, tool, outcome, coalesce(rules, '{}'),"
                    + " coalesce(labels_before, '{}'), coalesce(labels_added, '{}'), at"
                    + " FROM audit_log WHERE kind = 'decision' ORDER BY idx")) {
      while (row.next()) {
        rows++;
        Version version = byDigest.get(row.getString(2));
        if (version == null) {
          misfits.add(row.getString(1) + " names no version that existed");
          continue;
        }
        versions.add(version.generation());
        if (!fits(row, version.generation())) {
          misfits.add(row.getString(1) + " does not fit generation " + version.generation());
        }
        Instant at = row.getObject(8, OffsetDateTime.class).toInstant();
        if (at.isBefore(version.appliedAt())) {
          misfits.add(row.getString(1) + " was decided before its version was applied");
        }
        Duration lag = lag(version, row.getString(1));
        longest = lag.compareTo(longest) > 0 ? lag : longest;
      }
    }
    return new Findings(rows, versions.size(), misfits, longest);
  }

  private Duration lag(Version version, String decisionId) {
    Version next = byGeneration.get(version.generation() + 1);
    Instant sentAt = sent.get(decisionId);
    return next == null || sentAt == null
        ? Duration.ZERO
        : Duration.between(next.appliedAt(), sentAt);
  }

  private static boolean fits(ResultSet row, int generation) throws SQLException {
    String tool = row.getString(3);
    if (row.getString(4).equals("permit")) {
      String tag = Generations.tag(generation);
      return tool.equals(Generations.permitted(generation))
          && (list(row.getArray(7)).equals(List.of(tag)) || list(row.getArray(6)).contains(tag));
    }
    return tool.equals(Generations.denied(generation))
        && list(row.getArray(5)).equals(List.of(Generations.blockingRule(generation)));
  }

  private static List<String> list(Array array) throws SQLException {
    return Arrays.asList((String[]) array.getArray());
  }
}
