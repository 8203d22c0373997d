package dev.interceptor.server.mcp;

import dev.interceptor.server.http.Headers;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which hosts requests to `/mcp` may name and which web pages may send them: what keeps a page
/// whose name was pointed at this machine from speaking to it (DNS rebinding).
///
/// Names are compared whole, without regard to case; there are no suffixes and no wildcards.
final class HostRules {
  private final Set<Authority> hosts;
  private final Set<WebOrigin> origins;

  /// @param listener the address that the listener is bound to
  HostRules(McpSettings settings, String listener) {
    Set<Authority> known = new HashSet<>(settings.allowedHosts());
    settings
        .publicUrl()
        .flatMap(url -> Authority.parse(url.authority().host()))
        .ifPresent(known::add);
    Authority.ofListener(listener).ifPresent(known::add);
    this.hosts = Set.copyOf(known);
    this.origins = settings.allowedOrigins();
  }

  /// Comes before everything else: before the credential, and before the body is read.
  ///
  /// @return the host that the client named
  /// @throws RefusedMessage with status 403
  Authority check(Headers headers) throws RefusedMessage {
    Authority host = host(headers);
    List<String> origin = headers.all("Origin");
    if (!origin.isEmpty() && (origin.size() > 1 || !isAllowedOrigin(origin.getFirst()))) {
      throw refused(
          "the header `Origin` is not accepted: the operator can list it in `mcp.allowed-origins`");
    }
    return host;
  }

  /// The same for what any page may read.
  Authority host(Headers headers) throws RefusedMessage {
    List<String> host = headers.all("Host");
    Optional<Authority> named =
        host.size() == 1 ? Authority.parse(host.getFirst()) : Optional.empty();
    return named
        .filter(this::isAllowed)
        .orElseThrow(() ->
            refused(
                "the header `Host` is not accepted: the operator can list it in"
                    + " `mcp.allowed-hosts`"));
  }

  private boolean isAllowed(Authority named) {
    return named.isLoopback() || hosts.stream().anyMatch(known -> known.covers(named));
  }

  private boolean isAllowedOrigin(String value) {
    return WebOrigin.ofHeader(value)
        .filter(origin ->
            (origin.isWeb() && origin.authority().isLoopback()) || origins.contains(origin))
        .isPresent();
  }

  private static RefusedMessage refused(String message) {
    return RefusedMessage.of(RpcError.invalidRequest(403, message));
  }
}
