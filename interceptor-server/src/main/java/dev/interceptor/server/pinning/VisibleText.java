package dev.interceptor.server.pinning;

import static dev.interceptor.server.guard.VisibleText.isSeen;

/// Text as a reader cannot be deceived by it: what would not be seen, or would turn the text around
/// it, is written as a backslash, `u` and its code point in braces.
///
/// The text has to be JSON, in which a backslash is written twice: so nothing else looks like that.
public final class VisibleText {
  private VisibleText() {}

  public static String of(String json) {
    return escaped(json, false);
  }

  /// The same with everything beyond ASCII escaped, for letters that only look alike.
  static String inAscii(String json) {
    return escaped(json, true);
  }

  private static String escaped(String json, boolean onlyAscii) {
    var shown = new StringBuilder(json.length());
    json.codePoints()
        .forEach(point -> {
          if (point == ' ' || (isSeen(point) && (point < 0x80 || !onlyAscii))) {
            shown.appendCodePoint(point);
          } else {
            shown.append("\\u{").append(Integer.toHexString(point)).append('}');
          }
        });
    return shown.toString();
  }
}
