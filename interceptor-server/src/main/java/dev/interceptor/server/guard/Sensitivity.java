package dev.interceptor.server.guard;

/// How little it takes until a prompt guard flags a text.
public enum Sensitivity {
  /// A plain attack, almost beyond doubt.
  LOW,
  /// What is more likely an attack than not.
  MEDIUM,
  /// What looks like an attack; ordinary text is flagged at times.
  HIGH;

  /// What it takes for a text of that role: one level less for the application's own words and the
  /// model's, which talk about instructions all the time.
  Sensitivity towards(PromptRole role) {
    if (!role.isOfTheApplication()) {
      return this;
    }
    return this == HIGH ? MEDIUM : LOW;
  }
}
