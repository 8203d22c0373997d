package dev.interceptor.core.policy;

/// A static rule that covers a tool.
///
/// @param name as the policy writes it
/// @param decides whether the tool's verdict comes from it
public record StaticEntry(String name, StaticVerdict verdict, boolean decides)
    implements Comparable<StaticEntry> {
  /// Those that decide come first.
  @Override
  public int compareTo(StaticEntry other) {
    return decides == other.decides ? name.compareTo(other.name) : (decides ? -1 : 1);
  }
}
