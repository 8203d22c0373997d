package dev.interceptor.server.guard;

/// The end of a text that grows, as detectors read it, and where the part of it begins that may
/// still become part of a finding.
///
/// A finding holds no white space and none of `, ; " ' < > ( ) [ ]`, and letters outside ASCII only
/// around an `@`; all else needs a sign that stands before it (see {@link StreamRedaction}), or is
/// a number in groups. So what matters is the word that touches the end, and the groups before it.
final class TextTail {
  /// Longest number in groups, with what separates them.
  private static final int LONGEST_GROUPS = 72;

  private static final int LONGEST_INSURANCE = 13;
  private static final int MOST_SEPARATORS = 3;
  private static final int LONGEST_LOCAL_PART = 64;
  private static final int LONGEST_ADDRESS = 320;

  /// How much of a word has to be known to say whether a finding starts at its beginning.
  private static final int CERTAIN = 16 * 1024;

  private static final int STEP = 8 * 1024;
  private static final boolean[] SEPARATORS = separators();

  private final PlainText text;
  private int end;
  private int wordStart;
  private int wordLength;
  private int lastForeignEnd;
  private int sinceAt = LONGEST_ADDRESS;
  private int sinceNumber = LONGEST_GROUPS;

  /// @param text gets what is added
  /// @param start place before which all is settled
  TextTail(PlainText text, int start) {
    this.text = text;
    this.end = start;
    this.wordStart = start;
    this.lastForeignEnd = start;
  }

  private static boolean[] separators() {
    boolean[] separators = new boolean[128];
    " \t\r\n,;\"'<>()[]".chars().forEach(c -> separators[c] = true);
    return separators;
  }

  /// @param c as detectors read it
  /// @param start place of the character that `c` stands for
  /// @param next the place after that character
  void add(char c, int start, int next) {
    addPart(c, start, next);
    if (separates(c)) {
      wordStart = next;
      lastForeignEnd = next;
      wordLength = 0;
    } else if (c >= 0x80 && !Character.isSurrogate(c)) {
      lastForeignEnd = next;
      wordLength = 0;
    }
  }

  /// As `add`, for one of several characters that one stands for.
  void addPart(char c, int start, int next) {
    text.add(c, start, next);
    end = next;
    wordLength++;
    sinceAt = c == '@' ? 0 : sinceAt + 1;
    sinceNumber = Ascii.isDigit(c) || c == '(' ? 0 : sinceNumber + 1;
  }

  /// As `add`, for a character that detectors do not see.
  void extend(int next) {
    end = next;
  }

  /// How many characters the last word has after its last letter outside ASCII.
  int wordLength() {
    return wordLength;
  }

  /// The place after the last character that no word goes over.
  int wordStart() {
    return wordStart;
  }

  /// Whether the last characters are these.
  boolean endsWith(String suffix) {
    return text.startsWith(suffix, text.length() - suffix.length());
  }

  /// The last character but `back`, NUL before the first.
  char last(int back) {
    return text.at(text.length() - 1 - back);
  }

  /// Where the word begins that touches the end.
  ///
  /// @param settled what stands before is settled already
  int word(int settled) {
    int open = wordStart;
    if (lastForeignEnd > wordStart) {
      int reach = sinceAt < LONGEST_ADDRESS ? LONGEST_ADDRESS : LONGEST_LOCAL_PART;
      int index = text.length() - 1 - reach;
      int address = index >= 0 ? text.originalStart(index) : 0;
      open = Math.min(lastForeignEnd, Math.max(wordStart, address));
    }
    if (end - Math.max(settled, open) > 2 * CERTAIN) {
      open = Math.max(open, (end - CERTAIN) / STEP * STEP);
    }
    return open;
  }

  /// Where the groups of digits begin that touch the end, those of an IBAN and of a NINO with
  /// letters; the end if none do.
  int groups() {
    int from = insurance();
    if (sinceNumber >= LONGEST_GROUPS) {
      return from;
    }
    boolean number = true;
    boolean account = true;
    int separators = 0;
    for (int i = text.length() - 1; i >= Math.max(0, text.length() - LONGEST_GROUPS); i--) {
      char c = text.at(i);
      boolean alnum = Ascii.isAlnum(c);
      separators = alnum ? 0 : separators + 1;
      number &= isOfNumber(c) && separators <= MOST_SEPARATORS;
      account &= alnum || ((c == ' ' || c == '-') && separators == 1);
      if (!number && !account) {
        break;
      }
      if ((number && startsNumber(c)) || (account && startsAccount(i))) {
        from = Math.min(from, text.originalStart(i));
      }
    }
    return from;
  }

  private static boolean isOfNumber(char c) {
    return Ascii.isDigit(c) || c == ' ' || (c >= '(' && c <= '/' && c != '*' && c != ',');
  }

  private static boolean startsNumber(char c) {
    return Ascii.isDigit(c) || c == '+' || c == '(';
  }

  private boolean startsAccount(int i) {
    return i + 3 < text.length()
        && Ascii.isLetter(text.at(i))
        && Ascii.isLetter(text.at(i + 1))
        && Ascii.isDigit(text.at(i + 2))
        && Ascii.isDigit(text.at(i + 3));
  }

  /// Where what is, or may become, a British national insurance number begins.
  private int insurance() {
    int from = end;
    int length = text.length();
    for (int i = length - 1; i >= Math.max(0, length - LONGEST_INSURANCE); i--) {
      char c = text.at(i);
      if (c != ' ' && !Ascii.isAlnum(c)) {
        break;
      }
      boolean begins =
          Ascii.isLetter(c)
              && !Ascii.isWord(text.at(i - 1))
              && (i + 2 >= length || text.at(i + 2) == ' ' || Ascii.isDigit(text.at(i + 2)));
      int found = begins ? LetteredIds.ninoPrefix(text::at, i, length - i) : 0;
      if (found < 0 || (begins && found == length - i)) {
        from = text.originalStart(i);
      }
    }
    return from;
  }

  /// Whether no word goes over the character.
  static boolean separates(char c) {
    return c < 0x80 ? SEPARATORS[c] : !Character.isLetterOrDigit(c) && !Character.isSurrogate(c);
  }
}
