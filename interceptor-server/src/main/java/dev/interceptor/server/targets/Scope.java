package dev.interceptor.server.targets;

/// What shares one limit.
///
/// @param name the key's id, the model's alias or the provider's name
public record Scope(Kind kind, String name, Limits limits) {
  /// What is limited.
  public enum Kind {
    KEY,
    MODEL,
    PROVIDER
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
