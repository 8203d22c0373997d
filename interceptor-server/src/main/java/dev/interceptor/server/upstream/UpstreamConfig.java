package dev.interceptor.server.upstream;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.tool.UpstreamName;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/// Where one tool server is and what is expected of it. Comes from the operator, never from the
/// wire.
///
/// @param audience the `aud` of tokens for this server
/// @param timeout bound of one forwarded call or one listing, everything included, 10 ms to 10 min
/// @param maxAnswerBytes bound of one answer's body, 1 KiB to 64 MiB
/// @param maxConnections open connections at most, 1 to 10,000, or calls at once with one process
///   of a command; further calls wait for one
/// @param exposed what clients get besides tools
/// @param pinning how a tool's definition comes to be trusted
/// @param toolsMaxAge how old a list of tools may be for a call, 1 s to 1 h
public record UpstreamConfig(
    UpstreamName name,
    Target target,
    Audience audience,
    Duration timeout,
    int maxAnswerBytes,
    int maxConnections,
    Set<Feature> exposed,
    Pinning pinning,
    Duration toolsMaxAge) {
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  public static final int DEFAULT_MAX_ANSWER_BYTES = 8 * 1024 * 1024;
  public static final int DEFAULT_MAX_CONNECTIONS = 256;
  public static final Duration DEFAULT_TOOLS_MAX_AGE = Duration.ofMinutes(1);

  /// @throws IllegalArgumentException if a part is out of its bounds; names the part
  public UpstreamConfig {
    if (timeout.toMillis() < 10 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException("`timeout` must be 10ms to 10m, got " + timeout);
    }
    if (maxAnswerBytes < 1024 || maxAnswerBytes > 64 * 1024 * 1024) {
      throw new IllegalArgumentException(
          "`max-answer-bytes` must be 1024 to 67108864, got " + maxAnswerBytes);
    }
    if (maxConnections < 1 || maxConnections > 10_000) {
      throw new IllegalArgumentException(
          "`max-connections` must be 1 to 10000, got " + maxConnections);
    }
    if (toolsMaxAge.toMillis() < 1000 || toolsMaxAge.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("`tools-max-age` must be 1s to 1h, got " + toolsMaxAge);
    }
    exposed = Set.copyOf(exposed);
  }

  /// The server at `url` with the default limits; its audience is the URL's canonical form.
  public static UpstreamConfig of(UpstreamName name, URI url) {
    return of(name, new Target.Endpoint(url));
  }

  /// The server with the default limits and its target's audience.
  public static UpstreamConfig of(UpstreamName name, Target target) {
    return new UpstreamConfig(
        name,
        target,
        target.audience(name),
        DEFAULT_TIMEOUT,
        DEFAULT_MAX_ANSWER_BYTES,
        DEFAULT_MAX_CONNECTIONS,
        Set.of(),
        Pinning.FIRST_SIGHT,
        DEFAULT_TOOLS_MAX_AGE);
  }

  /// The same server with another bound on time.
  public UpstreamConfig withTimeout(Duration bound) {
    return new UpstreamConfig(
        name,
        target,
        audience,
        bound,
        maxAnswerBytes,
        maxConnections,
        exposed,
        pinning,
        toolsMaxAge);
  }

  /// The same server with more than its tools.
  public UpstreamConfig exposing(Set<Feature> features) {
    return new UpstreamConfig(
        name,
        target,
        audience,
        timeout,
        maxAnswerBytes,
        maxConnections,
        features,
        pinning,
        toolsMaxAge);
  }
}
