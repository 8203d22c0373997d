package dev.interceptor.core.policy;

import java.util.Optional;

/// A range of addresses.
///
/// @param bits length of the prefix among the 128 bits of an {@link IpAddress}
record Cidr(IpAddress first, int bits) {
  /// Reads `address/length`, where no bit after the prefix is set.
  static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    Optional<IpAddress> first =
        slash < 0 ? Optional.empty() : IpAddress.parse(text.substring(0, slash));
    String length = text.substring(slash + 1);
    if (first.isEmpty() || !length.matches("0|[1-9][0-9]{0,2}")) {
      return Optional.empty();
    }
    boolean dotted = text.lastIndexOf(':', slash) < 0;
    if (first.get().isV4() != dotted) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(length) + (dotted ? 96 : 0);
    return bits > 128 || !first.get().prefix(bits).equals(first.get())
        ? Optional.empty()
        : Optional.of(new Cidr(first.get(), bits));
  }

  boolean contains(IpAddress address) {
    return first.isV4() == address.isV4() && first.equals(address.prefix(bits));
  }
}
