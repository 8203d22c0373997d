package dev.interceptor.core.tool;

import java.util.Optional;

/// One call as it was asked for: nothing has been decided about it yet.
public record ToolCall(ToolRef tool, Arguments arguments, Optional<Continuation> continuation) {
  /// A call that goes on with no other.
  public ToolCall(ToolRef tool, Arguments arguments) {
    this(tool, arguments, Optional.empty());
  }
}
