package dev.interceptor.server.guard;

/// Whose words a text of a model request is, as the model takes it.
public enum PromptRole {
  SYSTEM,
  DEVELOPER,
  USER,
  ASSISTANT,
  /// What a tool returned: nobody that the model should obey.
  TOOL,
  /// What a tool is said to be: its description and schema.
  DEFINITION,
  /// Anything else in the request.
  OTHER;

  /// Whether the text is of those who run the application, or of the model itself. What they write
  /// about instructions is rarely an attack.
  boolean isOfTheApplication() {
    return switch (this) {
      case SYSTEM, DEVELOPER, ASSISTANT -> true;
      case USER, TOOL, DEFINITION, OTHER -> false;
    };
  }
}
