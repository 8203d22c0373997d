package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.UpstreamName;
import java.util.regex.Pattern;

/// `/mcp` as a resource that OAuth 2.0 protects (RFC 9728): from where it may be reached, what it
/// says about itself, and how it asks for a credential (RFC 6750).
public final class ProtectedResource {
  static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";
  static final String PATH = "/mcp";

  private static final Pattern PLAIN_PATH = Pattern.compile(PATH + "(/[a-z0-9-]{1,32})?");
  private static final String NAME = "Sentinel Interceptor";

  private final McpSettings settings;
  private final HostRules rules;

  /// @param listener the address that the listener is bound to
  public ProtectedResource(McpSettings settings, String listener) {
    this.settings = settings;
    this.rules = new HostRules(settings, listener);
  }

  HostRules rules() {
    return rules;
  }

  static String path(UpstreamName upstream) {
    return PATH + "/" + upstream.value();
  }

  /// @param path [#PATH] or that of one upstream
  /// @param host as the client named it, checked
  ObjectNode metadata(String path, Authority host) {
    ObjectNode metadata =
        JsonNodeFactory.instance
            .objectNode()
            .put("resource", base(host) + path)
            .put("resource_name", NAME);
    metadata.putArray("bearer_methods_supported").add("header");
    if (!settings.authorizationServers().isEmpty()) {
      ArrayNode servers = metadata.putArray("authorization_servers");
      settings.authorizationServers().forEach(server -> servers.add(server.toString()));
    }
    return metadata;
  }

  /// The value of `WWW-Authenticate`. Where nobody issues credentials on demand there is nothing to
  /// look up.
  ///
  /// @param path as the client wrote it; one that no upstream can have is not repeated
  String challenge(String path, Authority host) {
    if (settings.authorizationServers().isEmpty()) {
      return "Bearer";
    }
    String known = PLAIN_PATH.matcher(path).matches() ? path : PATH;
    return "Bearer resource_metadata=\"" + base(host) + WELL_KNOWN + known + "\"";
  }

  /// The listener itself speaks no TLS; what stands before it is told by the public URL.
  private WebOrigin base(Authority host) {
    return settings.publicUrl().orElseGet(() -> new WebOrigin("http", host));
  }
}
