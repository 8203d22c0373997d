package dev.interceptor.server.mcp;

import dev.interceptor.server.Wiring;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.KeyRole;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The product in front of a journal, under a policy that permits all that the journal's tools can
/// be asked: what is not forwarded was stopped by something else.
final class JournalStack implements AutoCloseable {
  private static final String POLICY =
      """
      version: 1
      name: framing
      static_rules: {read_file: ALLOW, delete_file: ALLOW}
      """;

  private final String upstream;
  private final Journal journal;
  private final Wiring server;
  private final String key;

  /// @param upstream a name that no other test uses
  private JournalStack(Path folder, String upstream) throws IOException {
    this.upstream = upstream;
    this.journal = Journal.start();
    this.server =
        SharedStack.another(
            folder,
            POLICY,
            new McpSettings(
                Set.of(),
                McpSettings.origins("https://gateway.test"),
                McpSettings.publicUrl("https://gateway.test"),
                List.of()),
            List.of(ServerConfig.upstream(upstream, journal.url())));
    this.key = SharedStack.key("framing", KeyRole.AGENT);
  }

  static JournalStack start(Path folder, String upstream) throws IOException {
    return new JournalStack(folder, upstream);
  }

  URI url() {
    return URI.create(server.url());
  }

  String key() {
    return key;
  }

  Journal journal() {
    return journal;
  }

  /// What the decision log knows of calls that were permitted, one line each.
  Set<String> permitted() throws SQLException {
    var rows = new TreeSet<String>();
    try (Connection connection =
            Database.patient(SharedStack.get().config().database()).getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT decision_id, tool, args_digest FROM audit_log"
                    + " WHERE kind = 'decision' AND upstream = ? AND outcome = 'permit'")) {
      select.setString(1, upstream);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          rows.add(row.getString(1) + " " + row.getString(2) + " " + row.getString(3));
        }
      }
    }
    return rows;
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }
}
