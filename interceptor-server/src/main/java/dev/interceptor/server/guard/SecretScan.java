package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.SECRETS;

/// One pass over one text for credentials that are known by what stands around them, and not by a
/// form of their own.
final class SecretScan {
  private static final boolean[] STARTS = starts("-eZ:=> ");
  private static final int LONGEST_USER = 512;
  private static final String BEGIN = "-----BEGIN ";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final int LONGEST_TITLE = 100;

  private static boolean[] starts(String characters) {
    boolean[] starts = new boolean[128];
    characters.chars().forEach(c -> starts[c] = true);
    return starts;
  }

  private final PlainText text;
  private final Findings findings;
  private final JsonWebTokens tokens;
  private final AssignedSecrets assigned;

  SecretScan(PlainText text, Findings findings) {
    this.text = text;
    this.findings = findings;
    this.tokens = new JsonWebTokens(text);
    this.assigned = new AssignedSecrets(text, findings);
  }

  void run() {
    int i = text.from();
    while (i < text.length()) {
      char c = text.at(i);
      int end = c < 128 && STARTS[c] ? end(i, c) : -1;
      i = Math.max(end, i + 1);
    }
  }

  /// How far is read because of a sign: of an assignment, a password in a URL or a command, a
  /// private key.
  ///
  /// @param i index of the sign: `:`, `=`, `>`, the space before `is`, the first `-`
  /// @return an index that what is found ends at or before; the text's length if more text may
  ///   change what is found
  int readAfter(int i) {
    char sign = text.at(i);
    text.furthestRead();
    int end = sign == '-' ? privateKey(i) : -1;
    switch (sign) {
      case '-' -> assigned.commandLine(i);
      case ' ' -> assigned.spoken(i);
      default -> {
        password(i, sign);
        assigned.assigned(i);
      }
    }
    return Math.max(end, text.furthestRead());
  }

  /// The index after what starts at `i`, -1 if nothing does; what starts before or later is
  /// reported at once.
  private int end(int i, char c) {
    int end = whole(i, c);
    if (end > i) {
      findings.add(SECRETS, i, end);
    }
    return end;
  }

  private int whole(int i, char c) {
    return switch (c) {
      case '-' -> {
        int pem = privateKey(i);
        yield pem > 0 ? pem : assigned.commandLine(i);
      }
      case 'e', 'Z' -> Ascii.isWord(text.at(i - 1)) || text.at(i - 1) == '+' ? -1 : tokens.end(i);
      case ':', '=', '>' -> {
        password(i, c);
        assigned.assigned(i);
        yield -1;
      }
      case ' ' -> {
        assigned.spoken(i);
        yield -1;
      }
      default -> -1;
    };
  }

  /// The password of `scheme://user:password@host`.
  private void password(int i, char c) {
    if (c != ':' || text.at(i + 1) != '/' || text.at(i + 2) != '/') {
      return;
    }
    int colon = -1;
    int at = -1;
    for (int k = i + 3; k < i + 3 + LONGEST_USER; k++) {
      char here = text.at(k);
      if (here == 0 || here == '/' || here == '"' || here == '\'' || here <= ' ') {
        break;
      }
      if (here == ':' && colon < 0) {
        colon = k;
      }
      if (here == '@') {
        at = k;
      }
    }
    if (colon > 0 && at > colon + 1 && !SecretValues.isTemplate(text, colon + 1, at)) {
      findings.add(SECRETS, colon + 1, at);
    }
  }

  /// A private key in PEM, up to its end line; without one, up to the end of the text.
  private int privateKey(int i) {
    if (!text.startsWith(BEGIN, i)) {
      return -1;
    }
    int title = i + BEGIN.length();
    int limit = title + LONGEST_TITLE;
    while (title < limit && (Ascii.isAlnum(text.at(title)) || text.at(title) == ' ')) {
      if (text.startsWith(PRIVATE_KEY, title)) {
        return endOfPem(title);
      }
      title++;
    }
    return -1;
  }

  /// -1 if the frame is empty.
  private int endOfPem(int from) {
    int body = from + PRIVATE_KEY.length();
    body += text.startsWith(DASHES, body) ? DASHES.length() : 0;
    boolean empty = true;
    for (int k = body; text.at(k) != 0; k++) {
      if (text.at(k) == '-' && text.startsWith(END, k)) {
        return empty ? -1 : endOfLine(k + END.length());
      }
      empty &= !Ascii.isAlnum(text.at(k));
    }
    return empty ? -1 : text.length();
  }

  private int endOfLine(int from) {
    int close = from;
    int limit = Math.min(text.length(), from + LONGEST_TITLE);
    while (close < limit && text.at(close) != '-' && text.at(close) != '\n') {
      close++;
    }
    while (close < limit && text.at(close) == '-') {
      close++;
    }
    return close;
  }
}
