package dev.interceptor.server.guard;

/// JSON text in which every character stands for itself in front of a reader: the one place that
/// says which characters do.
public final class VisibleText {
  private VisibleText() {}

  /// The text with every character that a reader would not see as itself written as a JSON escape:
  /// control, invisible and direction-changing ones, odd spaces, lone surrogates. It is the same
  /// JSON.
  ///
  /// @param json canonical, so that such characters stand in strings only
  public static String of(String json) {
    int plain = 0;
    while (plain < json.length() && json.charAt(plain) >= ' ' && json.charAt(plain) < 0x7f) {
      plain++;
    }
    return plain == json.length() ? json : escaped(json);
  }

  private static String escaped(String json) {
    var shown = new StringBuilder(json.length() + 16);
    json.codePoints()
        .forEach(point -> {
          if (point == ' ' || isSeen(point)) {
            shown.appendCodePoint(point);
            return;
          }
          for (char unit : Character.toChars(point)) {
            shown.append("\\u%04x".formatted((int) unit));
          }
        });
    return shown.toString();
  }

  /// Whether a reader sees the character as itself. A space is not seen.
  public static boolean isSeen(int point) {
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
