package dev.interceptor.server.guard;

/// One text of a model request, where it stands.
public interface PromptText {
  PromptRole role();

  Form form();

  /// The name that the text is stored under where a name may say what it is, such as `password`;
  /// else empty.
  String name();

  /// The text as it is now.
  String text();

  /// Puts another text in its place.
  ///
  /// @param text JSON where the form is JSON
  void replace(String text);

  /// What a text is written in.
  enum Form {
    PROSE,
    /// The text of a JSON value, such as a call's arguments; another one may take its place.
    JSON
  }
}
