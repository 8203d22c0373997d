package dev.interceptor.server.guard;

import java.util.List;

/// Looks for one kind of text. Stateless; its time grows linearly with the text.
interface Detector {
  /// @throws RuntimeException if the text cannot be looked at whole, which counts as found
  void scan(PlainText text, Findings findings);

  /// Texts that are looked for as they are.
  default List<String> known() {
    return List.of();
  }

  /// Whether a value is what is looked for because of the name it is stored under, such as
  /// `password`, whatever it looks like itself.
  default boolean knowsByName(String name, String value) {
    return false;
  }
}
