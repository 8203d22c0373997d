package dev.interceptor.core.policy;

import java.util.regex.Pattern;

/// The domain that a mail address leads to, where every mail program agrees on it.
final class MailAddress {
  /// A dot-atom of RFC 5322 without `%` and `!`, which some relays take for a route.
  private static final Pattern LOCAL_PART =
      Pattern.compile("[a-zA-Z0-9#$&'*+/=?^_`{|}~-]+(\\.[a-zA-Z0-9#$&'*+/=?^_`{|}~-]+)*");

  private static final int MAX_LOCAL_PART = 64;

  private MailAddress() {}

  /// @return the domain in lower case
  /// @throws IllegalArgumentException unless the text is one bare address: no display name,
  ///   comment, quotes, list, IP address or character outside of ASCII
  static String domain(String address) {
    int at = address.indexOf('@');
    if (at < 1 || at > MAX_LOCAL_PART || !LOCAL_PART.matcher(address.substring(0, at)).matches()) {
      throw new IllegalArgumentException("not one bare mail address");
    }
    String domain =
        DnsName.parse(address.substring(at + 1))
            .orElseThrow(() -> new IllegalArgumentException("not one plain mail domain"));
    if (domain.substring(domain.lastIndexOf('.') + 1).matches("[0-9]+|0x[0-9a-f]*")) {
      throw new IllegalArgumentException("an IP address is no mail domain");
    }
    return domain;
  }
}
