package dev.interceptor.server.chat;

import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import dev.interceptor.server.upstream.UnreachedTools;
import java.util.List;
import java.util.Optional;

/// Which tool a name in a conversation stands for: the upstream's whose list has it, bare or as
/// `upstream__tool`; else a function of the client's own.
final class ToolNames {
  private final ToolServers upstreams;
  private final PinnedTools pins;

  ToolNames(ToolServers upstreams, PinnedTools pins) {
    this.upstreams = upstreams;
    this.pins = pins;
  }

  /// @return empty if the name breaks the syntax of names, or several upstreams list it
  /// @throws dev.interceptor.server.failure.InterceptorException what an upstream's listing fails
  ///   with: whose tool it is cannot be known then
  Optional<ToolRef> find(String name) {
    try {
      var bare = new ToolName(name);
      var written = ToolRef.of(name, UnreachedTools.CLIENT.name());
      if (written.name().equals(bare)) {
        return unqualified(bare);
      }
      return upstreams.all().stream()
          .filter(server -> server.name().equals(written.upstream()))
          .filter(server -> pins.listed(server, written.name()).isPresent())
          .findFirst()
          .map(server -> Optional.of(written))
          .orElseGet(() -> unqualified(bare));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private Optional<ToolRef> unqualified(ToolName name) {
    List<ToolServer> servers =
        upstreams.all().stream().filter(server -> pins.listed(server, name).isPresent()).toList();
    return switch (servers.size()) {
      case 0 -> Optional.of(new ToolRef(UnreachedTools.CLIENT.name(), name));
      case 1 -> Optional.of(new ToolRef(servers.getFirst().name(), name));
      default -> Optional.empty();
    };
  }
}
