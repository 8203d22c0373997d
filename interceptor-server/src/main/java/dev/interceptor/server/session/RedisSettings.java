package dev.interceptor.server.session;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Where Redis is and how long to wait for it.
///
/// @param url `redis://` or `rediss://`, may carry a password: never logged
/// @param timeout for one command
/// @param deadline for one decision with all its retries
/// @param idle how long a session lives without a call
public record RedisSettings(String url, Duration timeout, Duration deadline, Duration idle) {
  /// The password in the URL, decoded; empty if there is none.
  public String insecurePassword() {
    String authority = url.substring(url.indexOf("://") + 1);
    int end = authority.lastIndexOf('@');
    String user = end < 0 ? "" : authority.substring(2, end);
    return URLDecoder.decode(
        user.substring(user.indexOf(':') + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "RedisSettings[url redacted, timeout=" + timeout + ", idle=" + idle + "]";
  }
}
