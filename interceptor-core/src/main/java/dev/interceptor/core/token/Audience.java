package dev.interceptor.core.token;

import java.net.URI;
import java.util.Locale;

/// An upstream's canonical URI, the only value of a token's `aud`: absolute, lower-case scheme and
/// host, no fragment, no trailing slash (RFC 8707, MCP authorization).
public record Audience(String value) {
  /// @throws IllegalArgumentException if the URI is not absolute or carries a fragment or user info
  public static Audience of(URI uri) {
    if (uri.getScheme() == null || uri.getHost() == null) {
      throw new IllegalArgumentException("an audience is an absolute URI with a host");
    }
    if (uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("an audience has no fragment and no user info");
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String trimmed =
        query.isEmpty() && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return new Audience(scheme + "://" + host + port + trimmed + query);
  }

  @Override
  public String toString() {
    return value;
  }
}
