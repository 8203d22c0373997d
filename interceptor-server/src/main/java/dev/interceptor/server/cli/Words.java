package dev.interceptor.server.cli;

import java.util.ArrayList;
import java.util.List;

/// A command in one text: words apart by spaces, `'` and `"` around what holds some. Nothing else
/// is special; no shell reads it.
final class Words {
  private Words() {}

  /// @throws IllegalArgumentException if a quote is not closed
  static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        begun = true;
      } else if (c != ' ') {
        word.append(c);
        begun = true;
      } else if (begun) {
        words.add(word.toString());
        word.setLength(0);
        begun = false;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("a quote is not closed: write another " + quote);
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
