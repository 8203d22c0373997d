package dev.interceptor.server.targets;

/// What a provider wants to see before it answers. Prints as redacted.
public final class ProviderKey {
  private final String text;

  ProviderKey(String text) {
    this.text = text;
  }

  /// For the header of a request to the provider, nothing else.
  String insecureText() {
    return text;
  }

  boolean isSame(ProviderKey other) {
    return text.equals(other.text);
  }

  @Override
  public String toString() {
    return "[provider key redacted]";
  }
}
