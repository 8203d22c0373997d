package dev.interceptor.server.mcp;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.Wiring;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.identity.NewKey;
import dev.interceptor.server.policy.PolicyOrigin;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

  private final ServerConfig known = SharedStack.get().config();
  private final String upstream;
  private final Journal journal;
  private final Wiring server;
  private final String key;

  /// @param upstream a name that no other test uses
  private JournalStack(Path folder, String upstream) throws IOException {
    this.upstream = upstream;
    this.journal = Journal.start();
    this.server =
        Wiring.start(
            new ServerConfig(
                new ServerConfig.Http("127.0.0.1", 0),
                new ServerConfig.Http("127.0.0.1", 0),
                known.limits(),
                known.database(),
                known.redis(),
                known.token(),
                new PolicyOrigin.Files(Files.writeString(folder.resolve("policy.yaml"), POLICY)),
                ApprovalTerms.DEFAULT,
                new McpSettings(
                    Set.of(),
                    McpSettings.origins("https://gateway.test"),
                    McpSettings.publicUrl("https://gateway.test"),
                    List.of()),
                known.models(),
                known.audit(),
                List.of(ServerConfig.upstream(upstream, journal.url()))));
    try (var database = Database.open(known.database())) {
      var keys = ApiKeyStore.postgres(database, InstantSource.system());
      this.key =
          new String(
              keys.create(
                      new NewKey(
                          new CustomerId("framing"), KeyRole.AGENT, "test", Optional.empty()),
                      "Ada")
                  .insecureBytes(),
              StandardCharsets.US_ASCII);
    }
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
    try (Connection connection = Database.patient(known.database()).getConnection();
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
