package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;

/// Finds out which era a server speaks by asking `server/discover` (MCP 2026-07-28, version
/// negotiation).
final class EraProbe {
  /// The verdict.
  enum Era {
    MODERN,
    LEGACY
  }

  /// One way to find out.
  interface Finder {
    /// @param legacy may be used to find out
    Era find(RpcChannel channel, Deadline deadline, Handshake legacy) throws UpstreamFault;
  }

  /// Opens a legacy session unless there is one.
  interface Handshake {
    void connect(Deadline deadline) throws UpstreamFault;
  }

  private EraProbe() {}

  /// @throws UpstreamFault for everything that is no verdict: an unreachable or failing server, a
  ///   redirect, 401 and 403, no version in common
  static Era ask(RpcChannel channel, Deadline deadline) throws UpstreamFault {
    return switch (ModernDialect.discover(channel, deadline)) {
      case RpcAnswer.Result result -> byVersions(result.result().path("supportedVersions"));
      case RpcAnswer.Failure failure -> {
        requireVerdict(failure.status(), failure.operatorDetail());
        yield failure.code() == ErrorNumbers.UNSUPPORTED_VERSION
            ? byVersions(failure.data().path("supported"))
            : Era.LEGACY;
      }
      case RpcAnswer.Rejected rejected -> {
        requireVerdict(rejected.status(), "HTTP " + rejected.status());
        yield Era.LEGACY;
      }
    };
  }

  /// Only a list of versions proves that the server is modern.
  private static Era byVersions(JsonNode versions) throws UpstreamFault {
    if (!versions.isArray() || versions.isEmpty()) {
      return Era.LEGACY;
    }
    if (ModernDialect.isIn(versions)) {
      return Era.MODERN;
    }
    for (JsonNode version : versions) {
      if (LegacyDialect.VERSIONS.contains(version.asText(""))) {
        return Era.LEGACY;
      }
    }
    throw UpstreamFault.protocol("no protocol version in common");
  }

  private static void requireVerdict(int status, String detail) throws UpstreamFault {
    boolean none =
        status == 401 || status == 403 || status == 408 || status == 429 || status >= 500;
    if (none) {
      throw UpstreamFault.refused("server/discover: " + detail);
    }
  }
}
