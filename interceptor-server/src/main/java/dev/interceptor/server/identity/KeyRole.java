package dev.interceptor.server.identity;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a key may be used for. `AGENT` opens the tool routes, `SERVER` lets a tool server report
/// what it executed; the others open the administration, each one more of it than the one before.
public enum KeyRole {
  AGENT,
  SERVER,
  VIEWER,
  OPERATOR,
  ADMIN;

  /// The name in the database, on the wire and on the command line: lower case.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The role of that [#word], if there is one.
  public static Optional<KeyRole> ofWord(String word) {
    return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
  }
}
