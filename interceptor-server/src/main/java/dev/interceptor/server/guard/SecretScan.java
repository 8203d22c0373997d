package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.SECRETS;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One pass over one text for credentials. At a character no more is read than the shortest
/// credential that may start there is long, or what is then skipped.
final class SecretScan {
  private static final TokenShape[] @Nullable [] AT_WORD_START = byFirstTwo(false);
  private static final TokenShape[] @Nullable [] ANYWHERE = byFirstTwo(true);
  private static final int LONGEST_USER = 512;
  private static final String BEGIN = "-----BEGIN ";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String END = "-----END ";
  private static final int LONGEST_TITLE = 100;

  /// Shapes by the first two characters of their prefixes; null where none begins so.
  private static TokenShape[] @Nullable [] byFirstTwo(boolean anywhereOnly) {
    TokenShape[] @Nullable [] table = new TokenShape[128 * 128][];
    TokenShape.known().stream()
        .filter(shape -> !anywhereOnly || shape.place() == TokenShape.Place.ANYWHERE)
        .collect(
            Collectors.groupingBy(
                shape -> pair(shape.prefix().charAt(0), shape.prefix().charAt(1))))
        .forEach((pair, shapes) -> table[pair] = shapes.toArray(new TokenShape[0]));
    return table;
  }

  private static int pair(char first, char second) {
    return first * 128 + (second & 127);
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
    int i = 0;
    char before = 0;
    while (i < text.length()) {
      char c = text.at(i);
      int end = -1;
      if (c < 128) {
        boolean wordStart = !Ascii.isWord(before) && before != '+';
        end = shaped(i, (wordStart ? AT_WORD_START : ANYWHERE)[pair(c, text.at(i + 1))]);
        if (end < 0) {
          end = other(i, c, wordStart);
        }
      }
      if (end > i) {
        findings.add(SECRETS, i, end);
        before = text.at(end - 1);
        i = end;
      } else {
        before = c;
        i++;
      }
    }
  }

  private int shaped(int i, TokenShape @Nullable [] shapes) {
    if (shapes != null) {
      for (TokenShape shape : shapes) {
        int end = shape.end(text, i);
        if (end > 0) {
          return end;
        }
      }
    }
    return -1;
  }

  /// What has no fixed prefix; what starts before `i` or later is reported at once.
  private int other(int i, char c, boolean wordStart) {
    return switch (c) {
      case '-' -> {
        int pem = privateKey(i);
        InfixSecrets.mailchimp(text, i, findings);
        yield pem > 0 ? pem : assigned.commandLine(i);
      }
      case 'e', 'Z' -> wordStart ? tokens.end(i) : -1;
      case ':', '=', '>' -> {
        password(i, c);
        assigned.assigned(i);
        InfixSecrets.telegram(text, i, c, findings);
        yield -1;
      }
      case ' ' -> {
        assigned.spoken(i);
        yield -1;
      }
      case '~', '.', '|' -> {
        InfixSecrets.report(text, i, c, findings);
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
    if (colon > 0 && at > colon + 1 && !AssignedSecrets.isTemplate(text, colon + 1, at)) {
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

  private int endOfPem(int from) {
    for (int k = from; k < text.length(); k++) {
      if (text.at(k) == '-' && text.startsWith(END, k)) {
        int close = k + END.length();
        int limit = Math.min(text.length(), close + LONGEST_TITLE);
        while (close < limit && text.at(close) != '-' && text.at(close) != '\n') {
          close++;
        }
        while (close < limit && text.at(close) == '-') {
          close++;
        }
        return close;
      }
    }
    return text.length();
  }
}
