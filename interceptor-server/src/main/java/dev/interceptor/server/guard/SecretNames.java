package dev.interceptor.server.guard;

import java.util.List;
import java.util.Locale;

/// Which names mean that what is assigned to them is a secret.
final class SecretNames {
  static final int LONGEST = 64;

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

  /// The last two letters of all names, to pass over most others quickly.
  private static final boolean[] ENDINGS = endings(List.of(PASSWORDS, KEYS));

  /// As `ENDINGS`, of names whose values may be spoken.
  private static final boolean[] SPOKEN_ENDINGS = endings(List.of(PASSWORDS));

  private SecretNames() {}

  /// What a name says of its value.
  enum Kind {
    NONE,
    PASSWORD,
    KEY
  }

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
  private static boolean mayEndLike(PlainText text, int start, int end) {
    int last = end - 1;
    while (last > start && !Ascii.isLetter(text.at(last))) {
      last--;
    }
    char one = text.lower(last - 1);
    char two = text.lower(last);
    return last > start && Ascii.isLetter(one) && Ascii.isLetter(two) && ENDINGS[one * 128 + two];
  }

  static Kind kind(String name) {
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

  /// What the name before an assignment means, `Kind.NONE` for none.
  ///
  /// @param i index of what assigns
  static Kind before(PlainText text, int i) {
    int end = i;
    while (i - end < 6 && isPadding(text.at(end - 1))) {
      end--;
    }
    int start = end;
    while (end - start < LONGEST && isName(text.at(start - 1))) {
      start--;
    }
    return mayEndLike(text, start, end) ? kind(text.substring(start, end)) : Kind.NONE;
  }

  private static boolean isName(char c) {
    return Ascii.isWord(c) || c == '-' || c == '.';
  }

  /// What may stand between a name, what assigns, and the value.
  static boolean isPadding(char c) {
    return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\\' || c == ']' || c == '`'
        || c == '?';
  }
}
