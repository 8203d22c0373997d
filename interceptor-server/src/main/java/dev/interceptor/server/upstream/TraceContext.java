package dev.interceptor.server.upstream;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where a call belongs in somebody's distributed trace (W3C Trace Context). Passed on, never used
/// for a decision.
public record TraceContext(String traceparent, Optional<String> tracestate) {
  private static final Pattern PARENT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final Pattern STATE = Pattern.compile("[ -~]{1,512}");

  /// @throws IllegalArgumentException if a part is not well-formed
  public TraceContext {
    if (!isTraceparent(traceparent)) {
      throw new IllegalArgumentException("`traceparent` is not in the format of W3C Trace Context");
    }
    if (!tracestate.map(TraceContext::isTracestate).orElse(true)) {
      throw new IllegalArgumentException("`tracestate` is not 1-512 visible characters");
    }
  }

  /// What is well-formed of both; a `tracestate` means nothing without its parent.
  public static Optional<TraceContext> of(String traceparent, String tracestate) {
    return isTraceparent(traceparent)
        ? Optional.of(
            new TraceContext(
                traceparent, Optional.of(tracestate).filter(TraceContext::isTracestate)))
        : Optional.empty();
  }

  private static boolean isTraceparent(String text) {
    return PARENT.matcher(text).matches();
  }

  private static boolean isTracestate(String text) {
    return STATE.matcher(text).matches();
  }
}
