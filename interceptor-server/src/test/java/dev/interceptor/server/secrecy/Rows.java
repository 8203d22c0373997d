package dev.interceptor.server.secrecy;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Every column of every row of every table, as text.
final class Rows {
  private final Map<String, List<String>> texts = new LinkedHashMap<>();
  private final List<String> decisions = new ArrayList<>();
  private int count;

  static Rows of(DatabaseConfig config) throws SQLException {
    var rows = new Rows();
    try (Connection connection = Database.patient(config).getConnection()) {
      for (String table : tables(connection)) {
        rows.read(connection, table);
      }
    }
    return rows;
  }

  /// The tables of the product; a partition belongs to its table.
  static List<String> tables(Connection connection) throws SQLException {
    var tables = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    + " AND relkind IN ('r', 'p') AND NOT relispartition")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private void read(Connection connection, String table) throws SQLException {
    List<String> all = texts.computeIfAbsent(table, _ -> new ArrayList<>());
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM \"" + table + "\"")) {
      while (rows.next()) {
        count++;
        if (table.equals("audit_log") && rows.getString("kind").equals("decision")) {
          decisions.add(rows.getString("decision_id"));
        }
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          String text = rows.getString(i);
          if (text != null) {
            all.add(text);
          }
        }
      }
    }
  }

  /// The ids of the decisions that the audit log holds an intent row of, with repetitions.
  List<String> decisions() {
    return List.copyOf(decisions);
  }

  int count() {
    return count;
  }

  List<String> columns(String table) {
    return List.copyOf(texts.getOrDefault(table, List.of()));
  }

  /// Those that stand in a column, as they are or as JSON writes them.
  List<String> holding(List<String> wanted) {
    return wanted.stream()
        .distinct()
        .filter(text ->
            texts.values().stream()
                .flatMap(List::stream)
                .anyMatch(column -> column.contains(text) || column.contains(escaped(text))))
        .toList();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}
