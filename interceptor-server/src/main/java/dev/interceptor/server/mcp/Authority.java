package dev.interceptor.server.mcp;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A host and perhaps a port, as they stand in a `Host` header or a URL (RFC 9110 §7.2): the one
/// plain spelling of them. User names, trailing dots, zones, characters beyond ASCII, empty ports
/// and ports with leading zeros are none.
///
/// @param host in lower case; an IPv6 address in brackets
public record Authority(String host, OptionalInt port) {
  private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9a-f:.]{2,45}\\])(?::([1-9][0-9]{0,4}))?",
          Pattern.CASE_INSENSITIVE);
  private static final int LONGEST_HOST = 253;
  private static final int LAST_PORT = 65535;

  /// Empty for any other spelling.
  static Optional<Authority> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches() || matcher.end(1) > LONGEST_HOST) {
      return Optional.empty();
    }
    String host = matcher.group(1).toLowerCase(Locale.ROOT);
    if (matcher.group(2) == null) {
      return Optional.of(new Authority(host, OptionalInt.empty()));
    }
    int port = Integer.parseInt(matcher.group(2));
    return port > LAST_PORT
        ? Optional.empty()
        : Optional.of(new Authority(host, OptionalInt.of(port)));
  }

  /// An address that a listener is bound to; empty for one that stands for all of them.
  static Optional<Authority> ofListener(String address) {
    String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
    return parse(host).filter(found -> found.port().isEmpty() && !found.isWildcard());
  }

  /// This host at any port where this names none, else at exactly this one.
  boolean covers(Authority other) {
    return host.equals(other.host) && (port.isEmpty() || port.equals(other.port));
  }

  boolean isLoopback() {
    return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
  }

  private boolean isWildcard() {
    return host.equals("0.0.0.0") || host.equals("[::]");
  }

  @Override
  public String toString() {
    return port.isEmpty() ? host : host + ":" + port.getAsInt();
  }
}
