package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.server.guard.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/// Looks into the audit log. *Does not*: check it; `audit verify` does.
public interface AuditEntries {
  /// The longest page.
  int LONGEST_PAGE = 1000;

  /// An entry and its place in the log.
  record Placed(long idx, LogEntry entry) {
    /// The entry with `idx` as one more member. What a reader would not see as itself is escaped.
    public String json() {
      return json(new LinkedHashMap<>(entry.members().members()));
    }

    /// The same without `args`, for those who do not decide about calls.
    public String jsonWithoutArguments() {
      Map<String, JsonValue> members = new LinkedHashMap<>(entry.members().members());
      members.remove("args");
      return json(members);
    }

    private String json(Map<String, JsonValue> members) {
      members.put("idx", new JsonNumber(idx));
      return VisibleText.of(
          new String(CanonicalJson.bytes(new JsonObject(members)), StandardCharsets.UTF_8));
    }
  }

  /// Entries in the order of the log, the newest first.
  ///
  /// @param before only entries before this index; empty for the newest
  /// @param limit 1 to [#LONGEST_PAGE]
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE if the log
  ///   cannot be read in time
  List<Placed> page(AuditFilter filter, Optional<Long> before, int limit);

  /// The audit log in PostgreSQL.
  static AuditEntries postgres(DataSource database) {
    return new JooqAuditEntries(database);
  }
}
