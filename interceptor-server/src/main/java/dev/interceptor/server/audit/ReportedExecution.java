package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// What a tool server says that it did with one token.
///
/// @param arguments digest of the arguments it ran with, the token's `p_hash`
/// @param result digest of what it answered, if it says so
public record ReportedExecution(
    TokenId token, ToolName tool, Sha256 arguments, Status status, Optional<Sha256> result) {
  /// How the execution ended, as the server saw it.
  public enum Status {
    COMPLETED,
    TOOL_ERROR;

    /// As in the report and in the entry.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The execution's entry.
  ///
  /// @param reporter the tool server's key
  public LogEntry entry(Principal reporter, String requestId, Instant at) {
    return LogEntry.of(LogEntry.Kind.EXECUTION, at)
        .text("jti", token.value())
        .text("tool", tool.value())
        .text("args_digest", arguments.hex())
        .text("outcome", status.word())
        .text("result_digest", result)
        .text("customer_id", reporter.customer().value())
        .text("key_id", reporter.key().value())
        .text("request_id", requestId)
        .build();
  }
}
