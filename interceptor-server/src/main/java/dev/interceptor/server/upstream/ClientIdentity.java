package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// How the interceptor introduces itself to tool servers.
final class ClientIdentity {
  private ClientIdentity() {}

  static ObjectNode json() {
    return Messages.object().put("name", "sentinel-interceptor").put("version", "0.1.0");
  }
}
