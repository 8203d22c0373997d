package dev.interceptor.server;

import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// The path that every call takes, and the tool servers at its end.
record CallPath(
    EnforcementPoint enforcement, ToolServers upstreams, PinnedTools pins, Discretion discretion) {
  static CallPath open(Basis basis, Parts parts, Stores stores) {
    ServerConfig config = basis.config();
    InstantSource clock = basis.clock();
    ToolServers upstreams = parts.keep(upstreams(config, clock));
    PinnedTools pins = parts.keep(PinnedTools.start(stores.database(), pinning(config), clock));
    ServerConfig.Token token = config.token();
    var minter = new TokenMinter(stores.keys(), token.issuer(), token.lifetime(), clock);
    var discretion =
        new Discretion(config.audit().recorded(), Detectors.knowing(basis.ownSecrets()));
    var enforcement =
        new EnforcementPoint(
            stores.policies(),
            stores.sessions(),
            stores.log(),
            stores.approvals(),
            minter,
            upstreams,
            pins,
            discretion,
            basis.metrics(),
            clock,
            () -> UUID.randomUUID().toString(),
            basis.random());
    return new CallPath(enforcement, upstreams, pins, discretion);
  }

  private static ToolServers upstreams(ServerConfig config, InstantSource clock) {
    return new ToolServers(
        config.upstreams().stream().map(upstream -> ToolServer.open(upstream, clock)).toList());
  }

  private static Map<UpstreamName, Pinning> pinning(ServerConfig config) {
    return config.upstreams().stream()
        .collect(Collectors.toMap(UpstreamConfig::name, UpstreamConfig::pinning));
  }
}
