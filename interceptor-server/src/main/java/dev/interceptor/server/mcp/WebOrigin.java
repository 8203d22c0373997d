package dev.interceptor.server.mcp;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// The origin of a page in a browser (RFC 6454): scheme, host and port.
public record WebOrigin(String scheme, Authority authority) {
  /// The value of an `Origin` header, which browsers write in one way only: in lower case and
  /// without the scheme's own port. Empty for `null` and any other spelling.
  static Optional<WebOrigin> ofHeader(String value) {
    return parse(value).filter(origin -> origin.toString().equals(value));
  }

  /// A person may write capitals and the scheme's own port.
  static Optional<WebOrigin> parse(String text) {
    int end = text.indexOf("://");
    if (end < 0 || !text.substring(0, end).matches("[A-Za-z][A-Za-z0-9+.-]{0,31}")) {
      return Optional.empty();
    }
    String scheme = text.substring(0, end).toLowerCase(Locale.ROOT);
    return Authority.parse(text.substring(end + 3))
        .map(authority -> new WebOrigin(scheme, withoutOwnPort(scheme, authority)));
  }

  private static Authority withoutOwnPort(String scheme, Authority authority) {
    int own =
        switch (scheme) {
          case "http" -> 80;
          case "https" -> 443;
          default -> -1;
        };
    return authority.port().equals(OptionalInt.of(own))
        ? new Authority(authority.host(), OptionalInt.empty())
        : authority;
  }

  boolean isWeb() {
    return scheme.equals("http") || scheme.equals("https");
  }

  @Override
  public String toString() {
    return scheme + "://" + authority;
  }
}
