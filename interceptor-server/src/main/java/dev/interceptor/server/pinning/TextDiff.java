package dev.interceptor.server.pinning;

/// Two texts that differ, as `"before" → "after"`: the part that differs whole, with a little of
/// what is around it.
final class TextDiff {
  private static final int AROUND = 40;
  private static final int FEW = 16;
  private static final String CUT = "…";

  private TextDiff() {}

  static String of(String before, String after) {
    int[] left = before.codePoints().toArray();
    int[] right = after.codePoints().toArray();
    int shorter = Math.min(left.length, right.length);
    int start = 0;
    while (start < shorter && left[start] == right[start]) {
      start++;
    }
    int tail = 0;
    while (tail < shorter - start
        && left[left.length - 1 - tail] == right[right.length - 1 - tail]) {
      tail++;
    }
    boolean few = Math.max(left.length, right.length) - start - tail <= FEW;
    return side(left, start, tail, few) + " → " + side(right, start, tail, few);
  }

  /// @param few whether so little differs that letters which only look different must not hide it
  private static String side(int[] text, int start, int tail, boolean few) {
    int end = text.length - tail;
    int from = Math.max(0, start - AROUND);
    int to = Math.min(text.length, end + AROUND);
    String differing = inner(text, start, end);
    return '"'
        + (from > 0 ? CUT : "")
        + VisibleText.of(inner(text, from, start))
        + (few ? VisibleText.inAscii(differing) : VisibleText.of(differing))
        + VisibleText.of(inner(text, end, to))
        + (to < text.length ? CUT : "")
        + '"';
  }

  private static String inner(int[] text, int from, int to) {
    return DefinitionDiff.inner(new String(text, from, to - from));
  }
}
