package dev.interceptor.server.session;

import java.time.Duration;

/// Where Redis is and how long to wait for it.
///
/// @param url `redis://` or `rediss://`, may carry a password: never logged
/// @param timeout for one command
/// @param deadline for one decision with all its retries
/// @param idle how long a session lives without a call
public record RedisSettings(String url, Duration timeout, Duration deadline, Duration idle) {
  @Override
  public String toString() {
    return "RedisSettings[url redacted, timeout=" + timeout + ", idle=" + idle + "]";
  }
}
