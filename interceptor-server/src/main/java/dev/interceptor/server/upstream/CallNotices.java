package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// What arrives before the answer to one call: its progress and its log messages reach the caller,
/// a changed list of tools reaches the catalog, everything else is dropped.
final class CallNotices implements Exchange.NoticeSink {
  private final long token;
  private final Caller caller;
  private final CallerTerms terms;
  private final Runnable toolsChanged;
  private @Nullable BigDecimal progress;

  /// @param token the progress token that the server was given
  CallNotices(long token, Caller caller, CallerTerms terms, Runnable toolsChanged) {
    this.token = token;
    this.caller = caller;
    this.terms = terms;
    this.toolsChanged = toolsChanged;
  }

  @Override
  public void take(Notice notice) {
    boolean passes =
        switch (notice.method()) {
          case Notice.PROGRESS -> terms.progress() && isNewProgress(notice.params());
          case Notice.LOG -> isWanted(notice.params());
          default -> false;
        };
    if (passes) {
      caller.hears(notice);
    } else if (notice.method().equals(Notice.TOOLS_CHANGED)) {
      toolsChanged.run();
    }
  }

  private boolean isNewProgress(ObjectNode params) {
    JsonNode named = params.path("progressToken");
    JsonNode reached = params.path("progress");
    if (!named.isIntegralNumber()
        || !named.canConvertToLong()
        || named.longValue() != token
        || !reached.isNumber()) {
      return false;
    }
    BigDecimal now = reached.decimalValue();
    if (progress != null && now.compareTo(progress) <= 0) {
      return false;
    }
    progress = now;
    return true;
  }

  private boolean isWanted(ObjectNode params) {
    return terms
        .logLevel()
        .flatMap(least ->
            LogLevel.of(params.path("level").asText(""))
                .filter(level -> level.compareTo(least) >= 0))
        .isPresent();
  }
}
