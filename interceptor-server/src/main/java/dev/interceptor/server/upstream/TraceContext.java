package dev.interceptor.server.upstream;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where a call belongs in somebody's distributed trace (W3C Trace Context). Passed on, never used
/// for a decision. The rest of a trace's state is free text, which no policy has decided about: it
/// is not read.
public record TraceContext(String traceparent) {
  private static final Pattern PARENT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  /// @throws IllegalArgumentException if it is not well-formed
  public TraceContext {
    if (!PARENT.matcher(traceparent).matches()) {
      throw new IllegalArgumentException("`traceparent` is not in the format of W3C Trace Context");
    }
  }

  /// @return empty if it is not well-formed
  public static Optional<TraceContext> of(String traceparent) {
    return PARENT.matcher(traceparent).matches()
        ? Optional.of(new TraceContext(traceparent))
        : Optional.empty();
  }
}
