package dev.interceptor.server.guard;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A text as its reader takes it: compatibility forms and accents folded (NFKD), combining marks
/// and invisible characters left out, tag characters read as the ASCII they hide; with the place of
/// every character in the original.
///
/// Look-alike letters of other scripts are not folded.
final class PlainText {
  private static final char DROPPED = 0;
  private static final char MANY = 0xFFFF;
  private static final int TAGS = 0xE0000;
  private static final int FIRST_SIZE = 256;
  private static final AtomicReferenceArray<char[]> PAGES = new AtomicReferenceArray<>(256);

  private String original;
  private int offset;
  private char[] chars;
  private int @Nullable [] starts;
  private int @Nullable [] ends;
  private int length;
  private int from;
  private int furthest;

  private PlainText(String original, char[] chars) {
    this.original = original;
    this.chars = chars;
    this.length = chars.length;
  }

  static PlainText of(String text) {
    PlainText plain = new PlainText(text, text.toCharArray());
    int ascii = 0;
    while (ascii < text.length() && plain.chars[ascii] < 0x80 && plain.chars[ascii] != DROPPED) {
      ascii++;
    }
    if (ascii < text.length()) {
      plain.fold(ascii);
    }
    return plain;
  }

  /// An empty text to which is added. Its places are those that are given with its characters.
  static PlainText growing() {
    PlainText plain = new PlainText("", new char[FIRST_SIZE]);
    plain.starts = new int[FIRST_SIZE];
    plain.ends = new int[FIRST_SIZE];
    plain.length = 0;
    return plain;
  }

  /// @param c as its reader takes it
  /// @param start place of the character that `c` stands for, or is a part of
  /// @param end the place after that character
  void add(char c, int start, int end) {
    int[] from = Objects.requireNonNull(starts, "a whole text does not grow");
    int[] to = Objects.requireNonNull(ends, "a whole text does not grow");
    if (length == chars.length) {
      chars = Arrays.copyOf(chars, length * 2);
      from = Arrays.copyOf(from, length * 2);
      to = Arrays.copyOf(to, length * 2);
      starts = from;
      ends = to;
    }
    chars[length] = c;
    from[length] = start;
    to[length++] = end;
  }

  /// Forgets the first characters: indexes count from there on.
  void forget(int count) {
    length -= count;
    from -= count;
    System.arraycopy(chars, count, chars, 0, length);
    for (int[] places : new int[][] {starts, ends}) {
      System.arraycopy(places, count, places, 0, length);
    }
  }

  /// Forgets the last characters.
  void cut(int newLength) {
    length = newLength;
  }

  /// Only the part from an index on is looked at; what stands before is context.
  ///
  /// @param text the original from `place` on
  void lookFrom(int index, String text, int place) {
    from = index;
    original = text;
    offset = place;
  }

  /// Where a detector begins; what stands before it is there to be read.
  int from() {
    return from;
  }

  /// The furthest index that was asked for since this was last asked, the length for all after the
  /// end.
  int furthestRead() {
    int read = Math.min(furthest, length);
    furthest = 0;
    return read;
  }

  /// The characters themselves, of which the first `length()` count; not to be changed.
  char[] chars() {
    return chars;
  }

  /// From the place `offset()` on.
  String original() {
    return original;
  }

  /// The place from which on is looked.
  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  /// The character, NUL outside the text.
  char at(int index) {
    furthest = Math.max(furthest, index);
    return index >= 0 && index < length ? chars[index] : 0;
  }

  /// As `at`, with A-Z in lower case.
  char lower(int index) {
    char c = at(index);
    return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
  }

  int originalStart(int index) {
    return starts == null ? index : starts[index];
  }

  /// The index after the character in the original.
  int originalEnd(int index) {
    return ends == null ? index + 1 : ends[index];
  }

  boolean startsWith(String prefix, int index) {
    for (int i = 0; i < prefix.length(); i++) {
      if (at(index + i) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// @param prefix in lower case
  boolean startsWithIgnoringCase(String prefix, int index) {
    for (int i = 0; i < prefix.length(); i++) {
      if (lower(index + i) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  String substring(int start, int end) {
    return new String(chars, start, end - start);
  }

  private void fold(int ascii) {
    chars = Arrays.copyOf(chars, original.length() + 16);
    int[] from = new int[chars.length];
    int[] to = new int[chars.length];
    for (int i = 0; i < ascii; i++) {
      from[i] = i;
      to[i] = i + 1;
    }
    int size = ascii;
    int index = ascii;
    while (index < original.length()) {
      int point = original.codePointAt(index);
      int next = index + Character.charCount(point);
      char single = point < 0x10000 ? folded(point) : MANY;
      String many = single == MANY ? foldedWhole(point) : "";
      int count = single == MANY ? many.length() : single == DROPPED ? 0 : 1;
      if (size + count > from.length) {
        int grown = Math.max(size + count, from.length * 2);
        chars = Arrays.copyOf(chars, grown);
        from = Arrays.copyOf(from, grown);
        to = Arrays.copyOf(to, grown);
      }
      for (int i = 0; i < count; i++) {
        chars[size] = single == MANY ? many.charAt(i) : single;
        from[size] = index;
        to[size++] = next;
      }
      index = next;
    }
    this.starts = from;
    this.ends = to;
    this.length = size;
  }

  /// What a reader takes a character for: itself, another one, several, or nothing.
  static String seen(int point) {
    char single = point < 0x10000 ? folded(point) : MANY;
    return single == MANY ? foldedWhole(point) : single == DROPPED ? "" : String.valueOf(single);
  }

  private static char folded(int point) {
    if (point < 0x80) {
      return (char) point;
    }
    char[] page = PAGES.get(point >> 8);
    if (page == null) {
      page = new char[256];
      for (int low = 0; low < 256; low++) {
        String whole = foldedWhole((point & 0xFF00) | low);
        page[low] = whole.isEmpty() ? DROPPED : whole.length() == 1 ? whole.charAt(0) : MANY;
      }
      PAGES.set(point >> 8, page);
    }
    return page[point & 0xFF];
  }

  private static String foldedWhole(int point) {
    if (point > TAGS + 0x1F && point < TAGS + 0x7F) {
      return Character.toString(point - TAGS);
    }
    boolean syllable = point >= 0xAC00 && point <= 0xD7A3;
    String written = Character.toString(point);
    if (syllable || Character.getType(point) == Character.SURROGATE) {
      return written;
    }
    StringBuilder kept = new StringBuilder(written.length());
    Normalizer.normalize(written, Normalizer.Form.NFKD)
        .codePoints()
        .filter(part -> !isUnseen(part))
        .forEach(kept::appendCodePoint);
    return kept.toString();
  }

  private static boolean isUnseen(int point) {
    return switch (Character.getType(point)) {
      case Character.FORMAT, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> true;
      default -> point == 0x115F || point == 0x1160 || point == 0x3164;
    };
  }
}
