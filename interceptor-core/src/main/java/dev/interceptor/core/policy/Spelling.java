package dev.interceptor.core.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Both spellings of keys, and what somebody may have meant.
public final class Spelling {
  private Spelling() {}

  /// `forbidden_tags` as `forbiddenTags`.
  static String camelCase(String snakeCase) {
    StringBuilder camel = new StringBuilder();
    for (String word : snakeCase.split("_", -1)) {
      camel.append(
          camel.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return camel.toString();
  }

  /// `; did you mean …?`, or nothing if no word is near.
  public static String suggestion(String written, Collection<String> words) {
    return nearest(written, words).map(word -> "; did you mean `" + word + "`?").orElse("");
  }

  private static Optional<String> nearest(String written, Collection<String> words) {
    String plain = plain(written);
    return words.stream()
        .filter(word -> distance(plain, plain(word)) <= 1 + Math.min(2, plain(word).length() / 4))
        .min(
            Comparator.<String>comparingInt(word -> distance(plain, plain(word)))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static String plain(String word) {
    String cut = word.length() > 64 ? word.substring(0, 64) : word;
    return cut.toLowerCase(Locale.ROOT).replaceAll("[_-]", "");
  }

  /// Levenshtein's.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
