package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.SECRETS;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Values that are secrets because of what they are assigned to: `password = …`, `"api_key": "…"`,
/// `Authorization: Bearer …`, `<password>…</password>`.
final class AssignedSecrets {
  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_VALUE = 1024;
  private static final int LONGEST_WITH_BLANKS = 256;

  /// What a longer value begins with says what it is.
  private static final int LONGEST_JUDGED = 256;

  private static final int LONGEST_EXAMPLE = 16;

  /// Names whose values are secret however simple they are.
  private static final List<String> PASSWORDS =
      List.of(
          "password",
          "passwd",
          "passphrase",
          "passcode",
          "pwd",
          "pass",
          "secret",
          "secretkey",
          "passwort",
          "kennwort",
          "contrasena",
          "motdepasse",
          "pw");

  /// Names whose values are secret if they look random.
  private static final List<String> KEYS =
      List.of(
          "token",
          "apikey",
          "accesskey",
          "accountkey",
          "privatekey",
          "signingkey",
          "encryptionkey",
          "authkey",
          "licensekey",
          "auth",
          "authorization",
          "credential",
          "credentials",
          "key",
          "bearer");

  /// Names that end like those but are known to be public.
  private static final List<String> PUBLIC =
      List.of(
          "publickey",
          "sshkey",
          "csrftoken",
          "xsrftoken",
          "primarykey",
          "foreignkey",
          "partitionkey",
          "sortkey",
          "cachekey",
          "idempotencykey",
          "pagetoken",
          "nextpagetoken",
          "routingkey",
          "objectkey",
          "sitekey");

  private static final Set<String> EXAMPLES =
      Set.of(
          "password",
          "passwd",
          "secret",
          "changeme",
          "change_me",
          "example",
          "string",
          "required",
          "optional",
          "hidden",
          "redacted",
          "incorrect",
          "invalid",
          "missing",
          "unknown",
          "undefined",
          "null",
          "none",
          "true",
          "false",
          "expired",
          "forgotten",
          "protected",
          "yes",
          "empty");

  private static final Set<String> SCHEMES =
      Set.of("bearer", "basic", "token", "apikey", "digest", "negotiate");

  private static final int LONGEST_SCHEME = "negotiate".length();

  private final PlainText text;
  private final Findings findings;

  AssignedSecrets(PlainText text, Findings findings) {
    this.text = text;
    this.findings = findings;
  }

  private enum Kind {
    NONE,
    PASSWORD,
    KEY
  }

  /// Whether the value of an object's member is a secret.
  static boolean isSecret(String name, String value) {
    if (name.length() > LONGEST_NAME || value.length() > LONGEST_VALUE) {
      return false;
    }
    Kind kind = kind(name);
    if (kind == Kind.NONE) {
      return false;
    }
    PlainText plain = PlainText.of(value);
    return looksSecret(plain, 0, plain.length(), kind, true);
  }

  /// The last two letters of all names, to pass over most others quickly.
  private static final boolean[] ENDINGS = endings(List.of(PASSWORDS, KEYS));

  /// As `ENDINGS`, of names whose values may be spoken.
  private static final boolean[] SPOKEN_ENDINGS = endings(List.of(PASSWORDS));

  /// Whether before a space with these characters before it the name of a password may end.
  static boolean mayBeSpoken(char one, char two) {
    boolean letters = Ascii.isLetter(one) && Ascii.isLetter(two);
    return letters
        ? SPOKEN_ENDINGS[(one | 0x20) * 128 + (two | 0x20)]
        : !Ascii.isLetter(two) && (isName(two) || isPadding(two));
  }

  private static boolean[] endings(List<List<String>> lists) {
    boolean[] endings = new boolean[128 * 128];
    for (List<String> names : lists) {
      for (String name : names) {
        endings[name.charAt(name.length() - 2) * 128 + name.charAt(name.length() - 1)] = true;
      }
    }
    return endings;
  }

  /// Whether the last letters before `end`, after which digits and marks may stand, are such.
  private boolean mayEndLike(int start, int end) {
    int last = end - 1;
    while (last > start && !Ascii.isLetter(text.at(last))) {
      last--;
    }
    char one = text.lower(last - 1);
    char two = text.lower(last);
    return last > start && Ascii.isLetter(one) && Ascii.isLetter(two) && ENDINGS[one * 128 + two];
  }

  private static Kind kind(String name) {
    StringBuilder letters = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      if (Ascii.isLetter(name.charAt(i))) {
        letters.append(name.charAt(i));
      }
    }
    String plain = letters.toString().toLowerCase(Locale.ROOT);
    if (PUBLIC.stream().anyMatch(plain::endsWith)) {
      return Kind.NONE;
    }
    if (PASSWORDS.stream().anyMatch(plain::endsWith) && !plain.endsWith("bypass")) {
      return Kind.PASSWORD;
    }
    boolean keyOnly = plain.equals("key");
    return !keyOnly && KEYS.stream().anyMatch(plain::endsWith) ? Kind.KEY : Kind.NONE;
  }

  /// @param i index of `:`, `=` or `>`
  void assigned(int i) {
    char before = text.at(i - 1);
    if (before == ':' || before == '=' || (before == '-' && text.at(i) == '>')) {
      return;
    }
    Kind kind = nameBefore(i);
    if (kind == Kind.NONE) {
      return;
    }
    int value = i + 1;
    while (value < i + 4 && "=>:".indexOf(text.at(value)) >= 0) {
      value++;
    }
    reportValue(value, kind);
  }

  /// `password is …`.
  ///
  /// @param i index of a space
  void spoken(int i) {
    if (text.lower(i + 1) == 'i' && text.lower(i + 2) == 's' && text.at(i + 3) == ' ') {
      Kind kind = nameBefore(i);
      if (kind == Kind.PASSWORD) {
        reportValue(i + 4, Kind.PASSWORD);
      }
    }
  }

  private Kind nameBefore(int i) {
    int end = i;
    while (i - end < 6 && isPadding(text.at(end - 1))) {
      end--;
    }
    int start = end;
    while (end - start < LONGEST_NAME && isName(text.at(start - 1))) {
      start--;
    }
    return mayEndLike(start, end) ? kind(text.substring(start, end)) : Kind.NONE;
  }

  private static boolean isName(char c) {
    return Ascii.isWord(c) || c == '-' || c == '.';
  }

  private static boolean isPadding(char c) {
    return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\\' || c == ']' || c == '`'
        || c == '?';
  }

  private void reportValue(int from, Kind kind) {
    int start = from;
    boolean quoted = false;
    while (start - from < 12 && (isPadding(text.at(start)) || isBreak(text, start, from))) {
      quoted |= isQuote(text.at(start));
      start++;
    }
    int end = valueEnd(text, start, quoted);
    if (!quoted || text.at(end) == ' ') {
      int word = quoted ? valueEnd(text, start, false) : end;
      if (isScheme(start, word)) {
        start = word + 1;
        end = valueEnd(text, start, false);
      }
    }
    if (end > start && looksSecret(text, start, end, kind, quoted)) {
      findings.add(SECRETS, start, end);
    }
  }

  private boolean isScheme(int start, int end) {
    return end - start <= LONGEST_SCHEME
        && SCHEMES.contains(text.substring(start, end).toLowerCase(Locale.ROOT));
  }

  private static boolean isBreak(PlainText text, int at, int from) {
    return at == from && text.at(at) == '\n' && text.at(at + 1) == ' ';
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  /// A value with blanks in it is quoted, and ends at the latest after `LONGEST_WITH_BLANKS`.
  private static int valueEnd(PlainText text, int start, boolean quoted) {
    int end = start;
    int longest = LONGEST_VALUE;
    while (end - start < longest) {
      char c = text.at(end);
      if (c < ' ' || isQuote(c) || c == '\\' || c == '<') {
        break;
      }
      if (c == ' ' && quoted && end - start < LONGEST_WITH_BLANKS) {
        longest = LONGEST_WITH_BLANKS;
      } else if (c == ' ' || (!quoted && (c == ',' || c == ';' || c == '&'))) {
        break;
      }
      end++;
    }
    while (!quoted && end > start && isStop(text.at(end - 1))) {
      end--;
    }
    return end;
  }

  private static boolean isStop(char c) {
    return c == '.' || c == ')' || c == ']' || c == '}';
  }

  private static boolean looksSecret(
      PlainText text, int start, int end, Kind kind, boolean quoted) {
    int length = end - start;
    int judged = Math.min(end, start + LONGEST_JUDGED);
    if (length < 4 || isTemplate(text, start, judged)) {
      return false;
    }
    String value = text.substring(start, judged);
    if (length <= LONGEST_EXAMPLE && EXAMPLES.contains(value.toLowerCase(Locale.ROOT))) {
      return false;
    }
    Makeup makeup = Makeup.of(value);
    return switch (kind) {
      case NONE -> false;
      case PASSWORD ->
          quoted
              ? makeup.spaces() == 0 || makeup.digits() > 0
              : length >= 6 && makeup.digits() > 0 && makeup.kinds() > 1 && !makeup.isCode();
      case KEY ->
          length >= 10
              && makeup.spaces() == 0
              && makeup.digits() > 0
              && makeup.letters() > 0
              && !makeup.isCode()
              && makeup.entropy() >= 3.0;
    };
  }

  /// Whether the value only says where the real one comes from: `${…}`, `<…>`, `%s`, `****`,
  /// `xxxx`, a placeholder of a redaction.
  static boolean isTemplate(PlainText text, int start, int end) {
    char first = text.at(start);
    if (first == '$' || first == '<' || first == '{' || first == '[' || first == '%') {
      return true;
    }
    boolean same = true;
    for (int i = start; i < end; i++) {
      char c = text.at(i);
      if (c == '{' && text.at(i + 1) == '{') {
        return true;
      }
      same &= c == first || c == '*' || c == 'x' || c == 'X';
    }
    return same;
  }

  /// `curl -u user:password`.
  ///
  /// @param i index of `-`
  int commandLine(int i) {
    int value = text.startsWith("--user", i) ? i + 6 : text.startsWith("-u", i) ? i + 2 : -1;
    boolean separated = text.at(value) == ' ' || text.at(value) == '=';
    if (value < 0 || !separated || text.at(i - 1) > ' ') {
      return -1;
    }
    int start = value + 1;
    boolean quoted = isQuote(text.at(start));
    start += quoted ? 1 : 0;
    int end = valueEnd(text, start, quoted);
    int colon = start;
    while (colon < end && text.at(colon) != ':') {
      colon++;
    }
    if (colon < end && !quoted && isQuote(text.at(end))) {
      end = valueEnd(text, end + 1, true);
    }
    Makeup makeup = Makeup.of(text.substring(start, end));
    boolean template =
        isTemplate(text, start, end) || (colon + 1 < end && isTemplate(text, colon + 1, end));
    if (colon < end && end - start >= 8 && makeup.kinds() > 2 && !template) {
      findings.add(SECRETS, start, end);
    }
    return -1;
  }
}
