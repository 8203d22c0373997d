package dev.interceptor.server.guard;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;

/// The form of one provider's credential. Its meaning is that of RE2/J on the text from where the
/// form starts; every engine only narrows down where to look.
sealed interface SecretRule {
  /// Longest text that a pattern is held against, in chars.
  int LONGEST_MATCH = 1024;

  /// What no rule finds.
  long NOTHING = -1;

  String id();

  /// In lower case; one of them stands in every match.
  List<String> keywords();

  /// A pattern that matches somewhere in every text in which the rule finds something.
  String gate();

  /// What the rule finds at an occurrence of one of its keywords.
  ///
  /// @param at where the keyword starts
  /// @param after the index after it
  /// @return start and end as `span` packs them, or `NOTHING`
  long find(PlainText text, int at, int after);

  static long span(int start, int end) {
    return (long) start << 32 | end;
  }

  static int start(long span) {
    return (int) (span >> 32);
  }

  static int end(long span) {
    return (int) span;
  }

  /// The index after the match that starts at `from`, -1 if there is none.
  static int matchEnd(Pattern pattern, PlainText text, int from) {
    var window = text.substring(from, Math.min(text.length(), from + LONGEST_MATCH));
    var matcher = pattern.matcher(window);
    return matcher.lookingAt() ? from + matcher.end() : -1;
  }

  /// How random a match has to look.
  ///
  /// @param entropy least entropy, in bits a character
  /// @param digits fewest digits
  record Randomness(double entropy, int digits) {
    private static final int FEW = 5;

    /// Whether a credential is no placeholder such as `xxxxxxxx`.
    ///
    /// @param from where its part starts that differs from one credential to the other
    boolean isMetBy(PlainText text, int start, int from, int end) {
      long low = 0;
      long high = 0;
      int numbers = 0;
      for (int i = from; i < end; i++) {
        char c = text.at(i);
        numbers += Ascii.isDigit(c) ? 1 : 0;
        if (c < 64) {
          low |= 1L << c;
        } else {
          high |= 1L << (c - 64);
        }
      }
      return numbers >= digits
          && Long.bitCount(low) + Long.bitCount(high) >= FEW
          && (entropy == 0 || Makeup.of(text.substring(start, end)).entropy() >= entropy);
    }
  }

  /// What can be told by itself.
  ///
  /// @param lead what stands before the keyword
  /// @param before the character before a match is not of this alphabet
  /// @param after the character after a match is not of this alphabet; a match that `grows` goes on
  ///   over its characters instead
  record Token(
      String id,
      List<String> keywords,
      Pattern pattern,
      Lead lead,
      Alphabet before,
      Alphabet after,
      boolean grows,
      Randomness randomness)
      implements SecretRule {
    @Override
    public String gate() {
      return pattern.pattern();
    }

    @Override
    public long find(PlainText text, int at, int keywordEnd) {
      int start = lead.max() == 0 ? at : lead.of().runStart(text, at, lead.max());
      if (at - start < lead.min() || isWithin(text.at(start - 1)) || isShort(text, start)) {
        return NOTHING;
      }
      int end = matchEnd(pattern, text, start);
      if (end < 0 || (!grows && after.has(text.at(end)))) {
        return NOTHING;
      }
      end = grows ? grown(text, end) : end;
      boolean random = randomness.isMetBy(text, start, lead.max() == 0 ? keywordEnd : start, end);
      return random ? span(start, end) : NOTHING;
    }

    /// Whether white space or the end stands where every credential still goes on.
    private static boolean isShort(PlainText text, int start) {
      int i = start;
      while (i < start + Detectors.SHORTEST_SECRET && text.at(i) > ' ') {
        i++;
      }
      return i < start + Detectors.SHORTEST_SECRET;
    }

    private boolean isWithin(char c) {
      return before.has(c) || (before == Alphabet.WORD && c == '+');
    }

    /// A run's end without the full stop or hyphen of the sentence around it.
    private int grown(PlainText text, int matched) {
      int end = after.runEnd(text, matched);
      while (end > matched && (text.at(end - 1) == '.' || text.at(end - 1) == '-')) {
        end--;
      }
      return end;
    }
  }

  /// The characters before a keyword that belong to the credential, `min` to `max` of them.
  record Lead(Alphabet of, int min, int max) {
    static final Lead ABSENT = new Lead(Alphabet.NONE, 0, 0);
  }

  /// What can be told only by the name that it is assigned to: `vendor_key = "…"`.
  ///
  /// @param names as their owners write them
  record Assigned(String id, List<String> names, Pattern value, Randomness randomness)
      implements SecretRule {
    private static final int LONGEST_REST = 24;
    private static final String CLOSING = "\"'`]\\";
    private static final String OPERATOR = "=:>|,?";
    private static final String OPENING = "\"'`=\\ \t\r\n";

    @Override
    public List<String> keywords() {
      return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    @Override
    public String gate() {
      return "(?i:"
          + String.join("|", names)
          + ")[0-9A-Za-z_. \\t-]{0,24}[\"'`\\]\\\\]{0,3}[ \\t]{0,4}[=:>|,?]{1,3}"
          + "[\"'`=\\\\ \\t\\r\\n]{0,6}(?:"
          + value.pattern()
          + ")";
    }

    @Override
    public long find(PlainText text, int at, int after) {
      if (isChance(text, at, after)) {
        return NOTHING;
      }
      int rest = after;
      while (rest - after < LONGEST_REST && isName(text.at(rest))) {
        rest++;
      }
      int closed = skip(text, skip(text, rest, CLOSING, 3), " \t", 4);
      int operated = skip(text, closed, OPERATOR, 3);
      if (operated == closed) {
        return NOTHING;
      }
      int start = skip(text, operated, OPENING, 6);
      int end = matchEnd(value, text, start);
      boolean found = end > 0 && isEnd(text.at(end)) && randomness.isMetBy(text, start, start, end);
      return found ? span(start, end) : NOTHING;
    }

    /// Whether what looks like a name is only letters of other words, as in `global`, `CameraKit`
    /// or `sumObj`.
    private boolean isChance(PlainText text, int at, int after) {
      if (Ascii.isAlnum(text.at(at - 1)) && !isHump(text, at)) {
        return true;
      }
      for (int i = at + 1; i < after; i++) {
        int within = i - at;
        if (isHump(text, i) && names.stream().noneMatch(name -> hasCapital(name, within))) {
          return true;
        }
      }
      return false;
    }

    /// Whether a capital follows a small letter.
    private static boolean isHump(PlainText text, int i) {
      return isCapital(text.at(i)) && text.at(i - 1) >= 'a' && text.at(i - 1) <= 'z';
    }

    private static boolean hasCapital(String name, int index) {
      return index < name.length() && isCapital(name.charAt(index));
    }

    private static boolean isCapital(char c) {
      return c >= 'A' && c <= 'Z';
    }

    private static boolean isName(char c) {
      return Alphabet.URLSAFE.has(c) || c == '.' || c == ' ' || c == '\t';
    }

    private static int skip(PlainText text, int from, String any, int most) {
      int i = from;
      while (i - from < most && any.indexOf(text.at(i)) >= 0) {
        i++;
      }
      return i;
    }

    private static boolean isEnd(char c) {
      return c <= ' ' || "\"'`\\;,)]}<&|".indexOf(c) >= 0;
    }
  }
}
