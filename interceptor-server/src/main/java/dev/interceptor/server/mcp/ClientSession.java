package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/// What a legacy client agreed on with `initialize` and set since. It carries transport state only:
/// it proves nothing about the sender, and the policy's session is another.
///
/// @param capabilities what the client declared
/// @param logLevel the least level of log messages it asked for
/// @param resources what it wants to hear changes of
record ClientSession(
    String id,
    LegacyVersion version,
    ObjectNode capabilities,
    Optional<String> logLevel,
    Set<WatchedResource> resources) {
  /// How many resources one session may watch.
  static final int MOST_RESOURCES = 256;

  ClientSession {
    resources = Set.copyOf(resources);
  }
}
