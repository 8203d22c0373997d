package dev.interceptor.server.upstream;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The configured upstreams by name, in the order of the configuration. Addresses come from here
/// only, never from a request.
public final class ToolServers implements AutoCloseable {
  private final Map<UpstreamName, ToolServer> servers;

  public ToolServers(List<ToolServer> servers) {
    var byName = new LinkedHashMap<UpstreamName, ToolServer>();
    servers.forEach(server -> byName.put(server.name(), server));
    this.servers = Collections.unmodifiableMap(byName);
  }

  public Collection<ToolServer> all() {
    return servers.values();
  }

  /// @param name may be empty when there is only one upstream
  /// @throws InterceptorException UNKNOWN_UPSTREAM, or MALFORMED_REQUEST naming the upstreams to
  ///   choose from
  public ToolServer find(Optional<UpstreamName> name) {
    if (name.isPresent()) {
      ToolServer server = servers.get(name.get());
      if (server == null) {
        throw InterceptorException.of(
            ErrorCode.UNKNOWN_UPSTREAM, "unknown upstream `" + name.get() + "`");
      }
      return server;
    }
    if (servers.size() == 1) {
      return servers.values().iterator().next();
    }
    String names =
        servers.keySet().stream().map(UpstreamName::value).collect(Collectors.joining(", "));
    throw InterceptorException.malformed("`upstream` is missing: write one of " + names);
  }

  @Override
  public void close() {
    servers.values().forEach(ToolServer::close);
  }
}
