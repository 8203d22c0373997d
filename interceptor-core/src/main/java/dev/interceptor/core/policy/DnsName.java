package dev.interceptor.core.policy;

import java.util.Locale;
import java.util.Optional;

/// Names of hosts and mail domains in plain ASCII.
final class DnsName {
  private static final int MAX_LENGTH = 253;
  private static final int MAX_LABEL = 63;

  private DnsName() {}

  /// @return the name in lower case; empty unless it is labels of `a-z A-Z 0-9 - _` with single
  ///   dots between them
  static Optional<String> parse(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int label = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' ? label == 0 : !isPlain(c) || label == MAX_LABEL) {
        return Optional.empty();
      }
      label = c == '.' ? 0 : label + 1;
    }
    return label == 0 ? Optional.empty() : Optional.of(text.toLowerCase(Locale.ROOT));
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }
}
