package dev.interceptor.server.targets;

/// Names of models as Ollama understands them: without a tag, `latest` is meant.
final class OllamaName {
  private OllamaName() {}

  /// The name with its tag.
  static String of(String name) {
    int path = name.lastIndexOf('/') + 1;
    return name.indexOf(':', path) < 0 ? name + ":latest" : name;
  }

  static boolean isSame(String one, String other) {
    return of(one).equals(of(other));
  }
}
