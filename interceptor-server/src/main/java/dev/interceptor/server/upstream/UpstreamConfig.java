package dev.interceptor.server.upstream;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.tool.UpstreamName;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// Where one tool server is and what is expected of it. Comes from the operator, never from the
/// wire.
///
/// @param url the MCP endpoint, `http` or `https`, without user info and fragment
/// @param audience the `aud` of tokens for this server; empty for the canonical form of `url`
/// @param timeout bound of one forwarded call or one listing, everything included, 10 ms to 10 min
/// @param maxAnswerBytes bound of one answer's body, 1 KiB to 64 MiB
/// @param maxConnections open connections at most, 1 to 10,000; further calls wait for one
public record UpstreamConfig(
    UpstreamName name,
    URI url,
    Optional<Audience> audience,
    Duration timeout,
    int maxAnswerBytes,
    int maxConnections) {
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  public static final int DEFAULT_MAX_ANSWER_BYTES = 8 * 1024 * 1024;
  public static final int DEFAULT_MAX_CONNECTIONS = 256;

  /// @throws IllegalArgumentException if a part is out of its bounds; names the part
  public UpstreamConfig {
    boolean web =
        "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
    if (!web
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "upstream `"
              + name
              + "`: url must be http or https with a host, without user info and fragment");
    }
    if (timeout.toMillis() < 10 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException(
          "upstream `" + name + "`: timeout must be 10ms to 10m, got " + timeout);
    }
    if (maxAnswerBytes < 1024 || maxAnswerBytes > 64 * 1024 * 1024) {
      throw new IllegalArgumentException(
          "upstream `"
              + name
              + "`: maximum answer must be 1024 to 67108864 bytes, got "
              + maxAnswerBytes);
    }
    if (maxConnections < 1 || maxConnections > 10_000) {
      throw new IllegalArgumentException(
          "upstream `" + name + "`: connections must be 1 to 10000, got " + maxConnections);
    }
  }

  /// The server at `url` with the default limits; its audience is the URL's canonical form.
  public static UpstreamConfig of(UpstreamName name, URI url) {
    return new UpstreamConfig(
        name,
        url,
        Optional.empty(),
        DEFAULT_TIMEOUT,
        DEFAULT_MAX_ANSWER_BYTES,
        DEFAULT_MAX_CONNECTIONS);
  }

  /// The same server with another bound on time.
  public UpstreamConfig withTimeout(Duration bound) {
    return new UpstreamConfig(name, url, audience, bound, maxAnswerBytes, maxConnections);
  }
}
