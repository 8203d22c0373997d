package dev.interceptor.server.mcp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.upstream.ArgumentMirrors;
import dev.interceptor.server.upstream.ToolDefinition;
import java.util.Optional;

/// Which arguments of listed tools are repeated in headers, read once from each definition.
final class ToolMirrors {
  private final PinnedTools pins;
  private final Cache<ToolDefinition, ArgumentMirrors> read =
      Caffeine.newBuilder().weakKeys().build();

  ToolMirrors(PinnedTools pins) {
    this.pins = pins;
  }

  /// @return [ArgumentMirrors#NONE] for a tool that is not listed
  ArgumentMirrors of(View view, String tool) {
    return view.named(tool)
        .flatMap(this::definition)
        .map(known -> read.get(known, ToolMirrors::of))
        .orElse(ArgumentMirrors.NONE);
  }

  private Optional<ToolDefinition> definition(View.Found found) {
    ToolName name;
    try {
      name = new ToolName(found.name());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    return pins.listed(found.server(), name);
  }

  private static ArgumentMirrors of(ToolDefinition tool) {
    return ArgumentMirrors.of(tool.definition().path("inputSchema")).orElse(ArgumentMirrors.NONE);
  }
}
