package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolRef;

/// How the tools that two names of a policy mean lie to each other.
final class NameOverlap {
  private NameOverlap() {}

  /// Whether some tool has both names.
  static boolean overlap(NamePattern a, NamePattern b) {
    if (a.qualified() == b.qualified()) {
      return textsOverlap(a.text(), b.text());
    }
    return textsOverlap(bare(a), bare(b));
  }

  /// Whether every tool of the second name surely has the first one too.
  static boolean covers(NamePattern wide, NamePattern narrow) {
    if (wide.text().equals(narrow.text())) {
      return true;
    }
    if (wide.qualified() && !narrow.qualified()) {
      return false;
    }
    String name = wide.qualified() == narrow.qualified() ? narrow.text() : bare(narrow);
    return wide.isExact() ? wide.text().equals(name) : wide.glob().orElseThrow().matches(name);
  }

  private static String bare(NamePattern name) {
    int cut = name.text().indexOf(ToolRef.SEPARATOR);
    return name.qualified() ? name.text().substring(cut + ToolRef.SEPARATOR.length()) : name.text();
  }

  /// From the ends of both texts to their beginnings, so that stars cost no more than characters.
  private static boolean textsOverlap(String a, String b) {
    boolean[] after = new boolean[b.length() + 1];
    for (int i = a.length(); i >= 0; i--) {
      boolean[] here = new boolean[b.length() + 1];
      for (int j = b.length(); j >= 0; j--) {
        boolean star =
            (i < a.length() && a.charAt(i) == '*') || (j < b.length() && b.charAt(j) == '*');
        if (i == a.length() && j == b.length()) {
          here[j] = true;
        } else if (star) {
          here[j] = (i < a.length() && after[j]) || (j < b.length() && here[j + 1]);
        } else {
          here[j] = i < a.length() && j < b.length() && a.charAt(i) == b.charAt(j) && after[j + 1];
        }
      }
      after = here;
    }
    return after[0];
  }
}
