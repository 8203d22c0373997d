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

  /// Whether a text could begin and end as it should only by using some characters twice.
  boolean piecesMayOverlap() {
    String last = pieces.getLast();
    for (int i = 0; i < pieces.size() - 1; i++) {
      String piece = pieces.get(i);
      boolean isWithin = i > 0 && !piece.isEmpty() && last.contains(piece);
      if (isWithin || endsAsItBegins(piece, last)) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsAsItBegins(String piece, String last) {
    for (int k = 1; k <= Math.min(piece.length(), last.length()); k++) {
      if (piece.endsWith(last.substring(0, k))) {
        return true;
      }
    }
    return false;
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
