package dev.interceptor.core.policy;

import java.util.List;

/// A text with `*` for any run of characters, `/` included. There is no escape; every other
/// character is itself. The pieces around the stars never overlap: `ab*ba` does not match `aba`.
record Glob(String text, List<String> pieces) {
  static boolean isGlob(String text) {
    return text.indexOf('*') >= 0;
  }

  static Glob of(String text) {
    return new Glob(text, List.of(text.split("\\*", -1)));
  }

  boolean matches(String value) {
    String first = pieces.getFirst();
    String last = pieces.getLast();
    if (pieces.size() == 1) {
      return value.equals(first);
    }
    int end = value.length() - last.length();
    if (!value.startsWith(first) || !value.endsWith(last) || end < first.length()) {
      return false;
    }
    int at = first.length();
    for (int i = 1; i < pieces.size() - 1; i++) {
      int found = value.indexOf(pieces.get(i), at);
      if (found < 0) {
        return false;
      }
      at = found + pieces.get(i).length();
    }
    return at <= end;
  }
}
