package dev.interceptor.server.upstream;

/// What the JSON parser does not look at: it reads overlong forms and other encodings too.
final class Utf8 {
  private Utf8() {}

  /// Whether the bytes are UTF-8 (RFC 3629) without a NUL, which no JSON text in UTF-8 holds.
  static boolean isText(byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      int lead = bytes[at];
      if (lead > 0) {
        at++;
        continue;
      }
      int length = lengthAt(bytes, at);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /// Of the character of two to four bytes; 0 if there is none.
  private static int lengthAt(byte[] bytes, int at) {
    int lead = bytes[at] & 0xFF;
    int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || at + length > bytes.length) {
      return 0;
    }
    int second = bytes[at + 1] & 0xFF;
    int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most) {
      return 0;
    }
    for (int i = at + 2; i < at + length; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
