package dev.interceptor.server.durability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// What was seen outside, joined with what is on record.
final class Evidence {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WITHOUT_PERMIT =
      """
      SELECT count(*) FROM seen LEFT JOIN audit_log d
        ON d.jti = seen.id AND d.kind = 'decision' AND d.outcome = 'permit'
      WHERE d.idx IS NULL
      """;
  private static final String WITHOUT_DECISION =
      """
      SELECT count(*) FROM seen LEFT JOIN audit_log d
        ON d.decision_id = seen.id::uuid AND d.kind = 'decision'
      WHERE d.idx IS NULL
      """;

  private final URI toolServer;
  private final Set<String> before;
  private final Set<String> tokens = new HashSet<>();

  Evidence(URI toolServer) throws IOException {
    this.toolServer = toolServer;
    this.before = Set.copyOf(journal());
  }

  /// Asks the tool server for what it ran; it remembers the latest calls only, so this is to be
  /// called now and then.
  void collect() throws IOException {
    journal().stream().filter(token -> !before.contains(token)).forEach(tokens::add);
  }

  private Set<String> journal() throws IOException {
    var found = new HashSet<String>();
    for (JsonNode entry : journalNow()) {
      found.add(entry.path("jti").asText());
    }
    return found;
  }

  private JsonNode journalNow() throws IOException {
    try (InputStream answer = toolServer.resolve("/journal").toURL().openStream()) {
      return JSON.readTree(answer);
    }
  }

  void collect(Collection<String> more) {
    tokens.addAll(more);
  }

  /// How many tokens somebody saw.
  int tokens() {
    return tokens.size();
  }

  /// Tokens without a committed permit.
  long tokensWithoutPermit(DatabaseConfig database) throws SQLException {
    return missing(database, tokens, WITHOUT_PERMIT);
  }

  /// Decisions that an answer named and no committed row has.
  static long decisionsWithoutRow(DatabaseConfig database, Collection<String> decisions)
      throws SQLException {
    return missing(database, decisions, WITHOUT_DECISION);
  }

  private static long missing(DatabaseConfig database, Collection<String> ids, String antiJoin)
      throws SQLException {
    try (Connection connection = Database.patient(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMP TABLE seen (id text NOT NULL)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO seen SELECT unnest(?::text[])")) {
        insert.setArray(1, connection.createArrayOf("text", ids.toArray()));
        insert.execute();
      }
      try (ResultSet found = statement.executeQuery(antiJoin)) {
        found.next();
        return found.getLong(1);
      }
    }
  }
}
