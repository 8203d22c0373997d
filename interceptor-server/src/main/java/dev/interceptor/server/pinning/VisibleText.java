package dev.interceptor.server.pinning;

/// Text as a reader cannot be deceived by it: what would not be seen, or would turn the text around
/// it, is written as a backslash, `u` and its code point in braces.
///
/// The text has to be JSON, in which a backslash is written twice: so nothing else looks like that.
final class VisibleText {
  private VisibleText() {}

  static String of(String json) {
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

  private static boolean isSeen(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> !isBlank(point);
    };
  }

  /// Marks and letters that show nothing: selectors, fillers, the joiner of graphemes, the blank of
  /// Braille.
  private static boolean isBlank(int point) {
    return switch (point) {
      case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
      default ->
          (point >= 0x180B && point <= 0x180F)
              || (point >= 0xFE00 && point <= 0xFE0F)
              || (point >= 0xE0000 && point <= 0xE0FFF);
    };
  }
}
