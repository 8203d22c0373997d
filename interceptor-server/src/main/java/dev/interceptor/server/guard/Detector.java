package dev.interceptor.server.guard;

/// Looks for one kind of text. Stateless; its time grows linearly with the text.
interface Detector {
  /// @throws RuntimeException if the text cannot be looked at whole, which counts as found
  void scan(PlainText text, Findings findings);

  /// Whether a value is what is looked for because of the name it is stored under, such as
  /// `password`, whatever it looks like itself.
  default boolean knowsByName(String name, String value) {
    return false;
  }
}
