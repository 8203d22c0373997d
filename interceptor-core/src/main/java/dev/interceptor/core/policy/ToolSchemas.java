package dev.interceptor.core.policy;

import dev.interceptor.core.tool.InputSchema;
import java.util.Optional;

/// What is known of tools' arguments.
@FunctionalInterface
public interface ToolSchemas {
  ToolSchemas UNKNOWN = tool -> Optional.empty();

  /// @param tool as a policy names it, bare or qualified
  Optional<InputSchema> schema(String tool);
}
