package dev.interceptor.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.TreeHash;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Holds the audit log to its tree, and its rows to each other, by means of its own.
public final class AuditChain {
  private static final String ROWS =
      """
      SELECT idx, leaf_hash, row_to_json(l)::text,
        to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      FROM audit_log l ORDER BY idx
      """;
  private static final String TWO_DECISIONS =
      """
      SELECT count(*) FROM (SELECT decision_id FROM audit_log WHERE kind = 'decision'
        AND idx >= FROM_IDX GROUP BY decision_id HAVING count(*) > 1) twice
      """;
  private static final String TWO_OUTCOMES = TWO_DECISIONS.replace("'decision'", "'outcome'");
  private static final String OUTCOME_WITHOUT_EARLIER_PERMIT =
      """
      SELECT count(*) FROM audit_log o WHERE o.kind = 'outcome' AND idx >= FROM_IDX AND NOT EXISTS (
        SELECT FROM audit_log d WHERE d.kind = 'decision' AND d.outcome = 'permit'
          AND d.decision_id = o.decision_id AND d.idx < o.idx)
      """;

  private AuditChain() {}

  /// Every index from 0 on is there once, every leaf hash is that of its row, and the head is the
  /// root over them; a request has one decision, a permit at most one outcome, later in the log.
  ///
  /// @param from the first row that decisions and outcomes are looked at from
  /// @return how many rows there are
  public static long check(DatabaseConfig database, long from) throws SQLException {
    try (Connection connection = Database.patient(database).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.setFetchSize(1_000);
      Frontier tree = tree(statement);
      try (ResultSet head = statement.executeQuery("SELECT size, frontier FROM audit_head")) {
        assertThat(head.next()).isTrue();
        assertThat(Frontier.of(head.getLong(1), head.getBytes(2))).isEqualTo(tree);
      }
      assertThat(count(statement, from(TWO_DECISIONS, from)))
          .as("requests with two decisions")
          .isZero();
      assertThat(count(statement, from(TWO_OUTCOMES, from)))
          .as("permits with two outcomes")
          .isZero();
      assertThat(count(statement, from(OUTCOME_WITHOUT_EARLIER_PERMIT, from)))
          .as("outcomes before their permit")
          .isZero();
      return tree.size();
    }
  }

  /// How many rows there are.
  public static long size(DatabaseConfig database) throws SQLException {
    try (Connection connection = Database.patient(database).getConnection();
        Statement statement = connection.createStatement()) {
      return count(statement, "SELECT size FROM audit_head");
    }
  }

  private static Frontier tree(Statement statement) throws SQLException {
    Frontier tree = Frontier.EMPTY;
    try (ResultSet row = statement.executeQuery(ROWS)) {
      while (row.next()) {
        assertThat(row.getLong(1)).as("index").isEqualTo(tree.size());
        var leaf = TreeHash.leaf(entry(row.getString(3), row.getString(4)).canonical());
        assertThat(row.getBytes(2)).as("leaf hash of row %s", tree.size()).isEqualTo(leaf.bytes());
        tree = tree.append(leaf);
      }
    }
    return tree;
  }

  private static LogEntry entry(String json, String at) {
    try {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      return LogEntry.ofRow(StrictJson.parseObject(bytes, JsonLimits.DEFAULT), at);
    } catch (MalformedJsonException e) {
      throw new AssertionError("a row is no JSON", e);
    }
  }

  private static String from(String query, long from) {
    return query.replace("FROM_IDX", Long.toString(from));
  }

  private static long count(Statement statement, String query) throws SQLException {
    try (ResultSet found = statement.executeQuery(query)) {
      found.next();
      return found.getLong(1);
    }
  }
}
