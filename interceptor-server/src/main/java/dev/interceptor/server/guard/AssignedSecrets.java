package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.SECRETS;

import dev.interceptor.server.guard.SecretNames.Kind;
import java.util.Locale;
import java.util.Set;

/// Values that are secrets because of what they are assigned to: `password = …`, `"api_key": "…"`,
/// `Authorization: Bearer …`, `<password>…</password>`.
final class AssignedSecrets {
  private static final Set<String> SCHEMES =
      Set.of("bearer", "basic", "token", "apikey", "digest", "negotiate");

  private static final int LONGEST_SCHEME = "negotiate".length();

  private final PlainText text;
  private final Findings findings;

  AssignedSecrets(PlainText text, Findings findings) {
    this.text = text;
    this.findings = findings;
  }

  /// Whether the value of an object's member is a secret.
  static boolean isSecret(String name, String value) {
    if (name.length() > SecretNames.LONGEST || value.length() > SecretValues.LONGEST) {
      return false;
    }
    Kind kind = SecretNames.kind(name);
    if (kind == Kind.NONE) {
      return false;
    }
    PlainText plain = PlainText.of(value);
    return SecretValues.looksSecret(plain, 0, plain.length(), kind, true);
  }

  /// @param i index of `:`, `=` or `>`
  void assigned(int i) {
    char before = text.at(i - 1);
    if (before == ':' || before == '=' || (before == '-' && text.at(i) == '>')) {
      return;
    }
    Kind kind = SecretNames.before(text, i);
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
      Kind kind = SecretNames.before(text, i);
      if (kind == Kind.PASSWORD) {
        reportValue(i + 4, Kind.PASSWORD);
      }
    }
  }

  private void reportValue(int from, Kind kind) {
    int start = from;
    boolean quoted = false;
    while (start - from < 12
        && (SecretNames.isPadding(text.at(start)) || isBreak(text, start, from))) {
      quoted |= SecretValues.isQuote(text.at(start));
      start++;
    }
    int end = SecretValues.end(text, start, quoted);
    if (!quoted || text.at(end) == ' ') {
      int word = quoted ? SecretValues.end(text, start, false) : end;
      if (isScheme(start, word)) {
        start = word + 1;
        end = SecretValues.end(text, start, false);
      }
    }
    if (end > start && SecretValues.looksSecret(text, start, end, kind, quoted)) {
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
    boolean quoted = SecretValues.isQuote(text.at(start));
    start += quoted ? 1 : 0;
    int end = SecretValues.end(text, start, quoted);
    int colon = start;
    while (colon < end && text.at(colon) != ':') {
      colon++;
    }
    if (colon < end && !quoted && SecretValues.isQuote(text.at(end))) {
      end = SecretValues.end(text, end + 1, true);
    }
    Makeup makeup = Makeup.of(text.substring(start, end));
    boolean template =
        SecretValues.isTemplate(text, start, end)
            || (colon + 1 < end && SecretValues.isTemplate(text, colon + 1, end));
    if (colon < end && end - start >= 8 && makeup.kinds() > 2 && !template) {
      findings.add(SECRETS, start, end);
    }
    return -1;
  }
}
