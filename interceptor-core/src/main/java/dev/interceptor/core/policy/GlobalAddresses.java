package dev.interceptor.core.policy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which addresses lead out into the Internet, after the IANA registries of special-purpose
/// addresses.
///
/// IPv6 addresses that carry an IPv4 address (mapped, NAT64, 6to4) are what that address is. All
/// other IPv6 addresses outside of `2000::/3` are not global.
final class GlobalAddresses {
  private static final List<Cidr> SPECIAL =
      ranges(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "168.63.129.16/32", // the host of a virtual machine in Azure
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3",
          "2001::/23",
          "2001:db8::/32",
          "3fff::/20");

  private static final Cidr UNICAST = range("2000::/3");
  private static final Cidr NAT64 = range("64:ff9b::/96");
  private static final Cidr SIX_TO_FOUR = range("2002::/16");

  private GlobalAddresses() {}

  private static List<Cidr> ranges(String... texts) {
    return Stream.of(texts).map(GlobalAddresses::range).toList();
  }

  private static Cidr range(String text) {
    return Cidr.parse(text).orElseThrow();
  }

  static boolean contains(IpAddress address) {
    IpAddress plain = embedded(address).orElse(address);
    return (plain.isV4() || UNICAST.contains(plain))
        && SPECIAL.stream().noneMatch(range -> range.contains(plain));
  }

  private static Optional<IpAddress> embedded(IpAddress address) {
    if (NAT64.contains(address)) {
      return Optional.of(IpAddress.v4(address.low() & 0xffffffffL));
    }
    if (SIX_TO_FOUR.contains(address)) {
      return Optional.of(IpAddress.v4(address.high() >>> 16 & 0xffffffffL));
    }
    return Optional.empty();
  }
}
