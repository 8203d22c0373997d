package dev.interceptor.server.cli;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.upstream.Pinning;
import java.util.Map;
import picocli.CommandLine.Option;

/// `--config`, for the commands that work on what `serve` works on.
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "",
      description = "settings (default: ./interceptor.yaml); INTERCEPTOR_… variables override it")
  String file = "";

  ServerConfig load(Surroundings surroundings) {
    return ServerConfig.load(surroundings.configFile(file), surroundings.environment());
  }

  /// The settings of the database alone, for commands that need nothing else.
  DatabaseConfig loadDatabase(Surroundings surroundings) {
    return ServerConfig.loadDatabase(surroundings.configFile(file), surroundings.environment());
  }

  /// How tools come to be trusted, of the upstreams that the settings name.
  Map<UpstreamName, Pinning> loadPinning(Surroundings surroundings) {
    return ServerConfig.loadPinning(surroundings.configFile(file), surroundings.environment());
  }

  /// The settings about approvals alone.
  ApprovalTerms loadApprovals(Surroundings surroundings) {
    return ServerConfig.loadApprovals(surroundings.configFile(file), surroundings.environment());
  }
}
