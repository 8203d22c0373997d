package dev.interceptor.server.guard;

/// JSON web tokens in one text: two or more parts of base64url, the first of which encodes an
/// object; also the whole once more in base64.
final class JsonWebTokens {
  private static final int SHORTEST_PART = 10;
  private static final int SHORTEST_ENCODED = 60;
  private static final int LONGEST_HEADER = 8192;

  private final PlainText text;
  private int knownEnd = -1;

  JsonWebTokens(PlainText text) {
    this.text = text;
  }

  /// @return the index after the token that starts at `start`, -1 if none does
  int end(int start) {
    if (text.startsWith("ZXlK", start)) {
      int end = runEnd(start);
      return end - start >= SHORTEST_ENCODED ? end : -1;
    }
    if (!text.startsWith("eyJ", start)) {
      return -1;
    }
    int header = runEnd(start);
    boolean sized = header - start >= SHORTEST_PART && header - start <= LONGEST_HEADER;
    if (!sized || text.at(header) != '.') {
      return -1;
    }
    int payload = run(header + 1);
    if (payload - header - 1 < SHORTEST_PART) {
      return -1;
    }
    int end = payload;
    for (int part = 0; part < 3 && text.at(end) == '.'; part++) {
      end = run(end + 1);
    }
    return end;
  }

  /// As `run`, remembered: a run that many tokens could start in is read once.
  private int runEnd(int from) {
    if (from >= knownEnd) {
      knownEnd = run(from);
    }
    return knownEnd;
  }

  private int run(int from) {
    return Alphabet.URLSAFE.runEnd(text, from);
  }
}
