package dev.interceptor.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The host that a URL leads to, where every reader of URLs agrees on it.
///
/// Readers differ (RFC 3986, WHATWG, and many that follow neither) about user information,
/// backslashes, blanks and control characters, percent-encoded, full-width and international host
/// names, missing slashes and unusual spellings of IPv4. A URL with any of these has no host here.
final class WebAddress {
  private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss", "ftp");
  private static final Set<String> LOCAL_DOMAINS =
      Set.of(
          "localhost",
          "localdomain",
          "local",
          "internal",
          "intranet",
          "private",
          "corp",
          "home",
          "lan",
          "home.arpa");

  private WebAddress() {}

  /// @return a lower-case name without a dot at its end, or an IP address without brackets in its
  ///   only spelling
  /// @throws IllegalArgumentException if readers could differ about the host
  static String host(String url) {
    String host = authority(url);
    if (host.startsWith("[")) {
      return ipv6(host).text();
    }
    String name = name(host);
    if (!endsInNumber(name)) {
      return name;
    }
    return IpAddress.parse(name).orElseThrow(() -> unclear("an unusual IPv4 address")).text();
  }

  /// Whether the URL leads to this machine or network, as far as its text can tell: nothing is
  /// resolved, so a public name for a private address is not seen.
  ///
  /// @throws IllegalArgumentException if readers could differ about the host
  static boolean isPrivate(String url) {
    String host = authority(url);
    if (host.startsWith("[")) {
      return !GlobalAddresses.contains(ipv6(host));
    }
    String name = name(host);
    if (!endsInNumber(name)) {
      return isLocal(name);
    }
    Optional<IpAddress> address = IpAddress.parse(name);
    if (address.isPresent()) {
      return !GlobalAddresses.contains(address.get());
    }
    List<IpAddress> readings = LooseIpv4.readings(name);
    if (readings.stream().anyMatch(reading -> !GlobalAddresses.contains(reading))) {
      return true;
    }
    throw unclear("an unusual IPv4 address");
  }

  /// Host and port of `scheme://host:port/…`, checked; the host alone is returned.
  private static String authority(String url) {
    int colon = url.indexOf(':');
    if (colon < 0 || !SCHEMES.contains(url.substring(0, colon).toLowerCase(Locale.ROOT))) {
      throw unclear("no scheme among " + SCHEMES);
    }
    if (!url.startsWith("//", colon + 1)) {
      throw unclear("no `//` after the scheme");
    }
    if (url.chars().anyMatch(c -> c <= ' ' || c == '\\' || (c >= 0x7f && c <= 0xa0))) {
      throw unclear("blanks, control characters or backslashes");
    }
    int start = colon + 3;
    int path = url.indexOf('/', start);
    String beforePath = path < 0 ? url.substring(start) : url.substring(start, path);
    if (beforePath.indexOf('@') >= 0) {
      throw unclear("user information");
    }
    int end = 0;
    while (end < beforePath.length() && "?#".indexOf(beforePath.charAt(end)) < 0) {
      end++;
    }
    return withoutPort(beforePath.substring(0, end));
  }

  private static String withoutPort(String authority) {
    int colon = authority.indexOf(':', Math.max(0, authority.lastIndexOf(']')));
    if (colon < 0) {
      return authority;
    }
    String port = authority.substring(colon + 1);
    if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65_535) {
      throw unclear("a port that is none");
    }
    return authority.substring(0, colon);
  }

  private static IpAddress ipv6(String bracketed) {
    String inside = bracketed.endsWith("]") ? bracketed.substring(1, bracketed.length() - 1) : "";
    return Optional.of(inside)
        .filter(text -> text.indexOf(':') >= 0)
        .flatMap(IpAddress::parse)
        .orElseThrow(() -> unclear("no IPv6 address in brackets"));
  }

  private static String name(String host) {
    return DnsName.parse(host.endsWith(".") ? host.substring(0, host.length() - 1) : host)
        .orElseThrow(() -> unclear("a host that is no name of ASCII letters, digits, `-`, `_`"));
  }

  private static boolean endsInNumber(String name) {
    return name.substring(name.lastIndexOf('.') + 1).matches("[0-9]+|0x[0-9a-f]*");
  }

  private static boolean isLocal(String name) {
    if (name.indexOf('.') < 0) {
      return true;
    }
    return LOCAL_DOMAINS.stream().anyMatch(domain -> name.endsWith("." + domain));
  }

  private static IllegalArgumentException unclear(String because) {
    return new IllegalArgumentException("the URL has " + because);
  }

  /// IPv4 addresses as `inet_aton` and its relatives read them: 1 to 4 parts, each decimal, octal
  /// or hexadecimal, the last one filling what is left.
  private static final class LooseIpv4 {
    static List<IpAddress> readings(String name) {
      List<IpAddress> readings = new ArrayList<>();
      for (boolean octal : new boolean[] {true, false}) {
        read(name, octal).map(IpAddress::v4).ifPresent(readings::add);
      }
      return readings;
    }

    private static Optional<Long> read(String name, boolean octal) {
      String[] parts = name.split("\\.", -1);
      long bits = 0;
      for (int i = 0; i < parts.length; i++) {
        long limit = i < parts.length - 1 ? 1 << 8 : 1L << (8 * (5 - parts.length));
        Optional<Long> part = parts.length > 4 ? Optional.empty() : part(parts[i], octal);
        if (part.isEmpty() || part.get() >= limit) {
          return Optional.empty();
        }
        bits = i < parts.length - 1 ? bits | part.get() << (8 * (3 - i)) : bits | part.get();
      }
      return Optional.of(bits);
    }

    private static Optional<Long> part(String text, boolean octal) {
      boolean hex = text.startsWith("0x");
      String digits = hex ? text.substring(2) : text;
      if (hex && digits.isEmpty()) {
        return Optional.of(0L);
      }
      try {
        int radix = hex ? 16 : octal && digits.startsWith("0") ? 8 : 10;
        return Optional.of(Long.parseUnsignedLong(digits, radix)).filter(value -> value >= 0);
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }
  }
}
