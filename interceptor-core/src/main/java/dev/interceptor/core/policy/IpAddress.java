package dev.interceptor.core.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// An IP address of either family as 128 bits; IPv4 is held as `::ffff:a.b.c.d`, so that both
/// spellings of such an address are equal.
record IpAddress(long high, long low) {
  private static final long MAPPED = 0xffffL << 32;

  static IpAddress v4(long bits) {
    return new IpAddress(0, MAPPED | bits);
  }

  boolean isV4() {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /// Reads the one spelling of an IPv4 address that no reader takes for another address (four
  /// decimals without leading zeros), or an IPv6 address of RFC 4291 without brackets and zone.
  static Optional<IpAddress> parse(String text) {
    return text.indexOf(':') < 0 ? parseV4(text).map(IpAddress::v4) : parseV6(text);
  }

  private static Optional<Long> parseV4(String text) {
    String[] parts = text.split("\\.", 5);
    if (parts.length != 4) {
      return Optional.empty();
    }
    long bits = 0;
    for (String part : parts) {
      boolean plain = part.equals("0") || (!part.startsWith("0") && isDigits(part, 3));
      int octet = plain ? Integer.parseInt(part) : 256;
      if (octet > 255) {
        return Optional.empty();
      }
      bits = bits << 8 | octet;
    }
    return Optional.of(bits);
  }

  private static boolean isDigits(String text, int atMost) {
    return !text.isEmpty()
        && text.length() <= atMost
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Optional<IpAddress> parseV6(String text) {
    if (text.length() > 45) {
      return Optional.empty();
    }
    String hex = text;
    int lastColon = text.lastIndexOf(':');
    if (text.indexOf('.') >= 0) {
      Optional<Long> tail = parseV4(text.substring(lastColon + 1));
      if (tail.isEmpty()) {
        return Optional.empty();
      }
      hex =
          text.substring(0, lastColon + 1)
              + Long.toHexString(tail.get() >>> 16)
              + ":"
              + Long.toHexString(tail.get() & 0xffff);
    }
    int gap = hex.indexOf("::");
    if (gap < 0) {
      return groups(hex.split(":", -1), 8).map(IpAddress::of);
    }
    String[] before = gap == 0 ? new String[0] : hex.substring(0, gap).split(":", -1);
    String[] after =
        gap + 2 == hex.length() ? new String[0] : hex.substring(gap + 2).split(":", -1);
    int zeros = 8 - before.length - after.length;
    if (zeros < 1) {
      return Optional.empty();
    }
    String[] all = new String[8];
    Arrays.fill(all, "0");
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(after, 0, all, 8 - after.length, after.length);
    return groups(all, 8).map(IpAddress::of);
  }

  private static Optional<int[]> groups(String[] texts, int count) {
    if (texts.length != count) {
      return Optional.empty();
    }
    int[] groups = new int[count];
    for (int i = 0; i < count; i++) {
      if (texts[i].isEmpty()
          || texts[i].length() > 4
          || !texts[i].chars().allMatch(IpAddress::hex)) {
        return Optional.empty();
      }
      groups[i] = Integer.parseInt(texts[i], 16);
    }
    return Optional.of(groups);
  }

  private static boolean hex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static IpAddress of(int[] groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[i + 4];
    }
    return new IpAddress(high, low);
  }

  /// The only spelling: dotted decimals, or RFC 5952.
  String text() {
    if (isV4()) {
      return (low >>> 24 & 255)
          + "."
          + (low >>> 16 & 255)
          + "."
          + (low >>> 8 & 255)
          + "."
          + (low & 255);
    }
    int start = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && group(end) == 0) {
        end++;
      }
      if (end - i > longest) {
        start = i;
        longest = end - i;
      }
      i = Math.max(i, end - 1);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(group(i)));
    }
    return text.toString().toLowerCase(Locale.ROOT);
  }

  private int group(int i) {
    return (int) ((i < 4 ? high : low) >>> (16 * (3 - i % 4))) & 0xffff;
  }

  /// This address with all bits after the first `bits` cleared.
  IpAddress prefix(int bits) {
    long highMask = bits >= 64 ? -1L : bits == 0 ? 0 : -1L << (64 - bits);
    long lowMask = bits <= 64 ? 0 : -1L << (128 - bits);
    return new IpAddress(high & highMask, low & lowMask);
  }
}
