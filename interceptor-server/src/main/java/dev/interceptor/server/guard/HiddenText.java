package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.INJECTION;

/// Characters that a person does not see and a model does: tag characters, runs of invisible
/// characters or variation selectors, overrides of the writing direction.
final class HiddenText {
  private static final int BLACK_FLAG = 0x1F3F4;
  private static final int LAST_TAG = 0xE007F;
  private static final int LONGEST_FLAG = 8;
  private static final int SHORTEST_RUN = 4;

  private HiddenText() {}

  private enum Kind {
    SEEN,
    TAG,
    SELECTOR,
    INVISIBLE,
    DIRECTION
  }

  static void scan(String text, Findings findings) {
    int i = 0;
    int before = 0;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      Kind kind = point < 0x80 ? Kind.SEEN : kind(point);
      int end = i + Character.charCount(point);
      if (kind != Kind.SEEN) {
        int count = 1;
        int last = point;
        while (end < text.length() && kind(text.codePointAt(end)) == kind) {
          last = text.codePointAt(end);
          end += Character.charCount(last);
          count++;
        }
        boolean flag = before == BLACK_FLAG && last == LAST_TAG && count <= LONGEST_FLAG;
        if (isHidden(kind, count) && !flag) {
          findings.addOriginal(INJECTION, i, end);
        }
      }
      before = point;
      i = end;
    }
  }

  private static boolean isHidden(Kind kind, int count) {
    return switch (kind) {
      case SEEN -> false;
      case TAG, DIRECTION -> true;
      case SELECTOR -> count > 1;
      case INVISIBLE -> count >= SHORTEST_RUN;
    };
  }

  private static Kind kind(int point) {
    if (point >= 0xE0000 && point <= LAST_TAG) {
      return Kind.TAG;
    }
    if ((point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF)) {
      return Kind.SELECTOR;
    }
    if (point == 0x202D || point == 0x202E) {
      return Kind.DIRECTION;
    }
    boolean invisible =
        (point >= 0x200B && point <= 0x200D)
            || (point >= 0x2060 && point <= 0x2064)
            || point == 0xFEFF
            || point == 0x00AD
            || point == 0x180E
            || point == 0x3164;
    return invisible ? Kind.INVISIBLE : Kind.SEEN;
  }
}
