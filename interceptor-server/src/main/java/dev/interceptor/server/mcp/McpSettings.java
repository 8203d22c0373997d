package dev.interceptor.server.mcp;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// How `/mcp` is reached, and from where.
///
/// @param allowedHosts `Host` headers that are accepted besides those of loopback, the listener and
///   the public URL; at any port where none is named
/// @param allowedOrigins `Origin` headers that are accepted besides those of loopback
/// @param publicUrl what clients write before `/mcp`; empty where the `Host` header tells
/// @param authorizationServers issuers of the credentials that clients present; https
public record McpSettings(
    Set<Authority> allowedHosts,
    Set<WebOrigin> allowedOrigins,
    Optional<WebOrigin> publicUrl,
    List<URI> authorizationServers) {
  public static final McpSettings DEFAULT =
      new McpSettings(Set.of(), Set.of(), Optional.empty(), List.of());

  public McpSettings {
    allowedHosts = Set.copyOf(allowedHosts);
    allowedOrigins = Set.copyOf(allowedOrigins);
    authorizationServers = List.copyOf(authorizationServers);
  }

  /// @throws IllegalArgumentException unless each entry is `host` or `host:port`
  public static Set<Authority> hosts(String text) {
    return each(text, entry -> Authority.parse(entry).orElseThrow(McpSettings::unusable));
  }

  /// @throws IllegalArgumentException unless each entry is `scheme://host` or `scheme://host:port`
  public static Set<WebOrigin> origins(String text) {
    return each(text, entry -> WebOrigin.parse(entry).orElseThrow(McpSettings::unusable));
  }

  /// Empty text for none.
  ///
  /// @throws IllegalArgumentException unless it is `http` or `https`, a host and perhaps a port
  public static Optional<WebOrigin> publicUrl(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    String url = text.strip();
    String withoutSlash = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    return Optional.of(
        WebOrigin.parse(withoutSlash).filter(WebOrigin::isWeb).orElseThrow(McpSettings::unusable));
  }

  /// @throws IllegalArgumentException unless each entry is an `https` URL without a query
  public static List<URI> authorizationServers(String text) {
    return List.copyOf(each(text, McpSettings::issuer));
  }

  private static URI issuer(String text) {
    try {
      URI url = new URI(text);
      boolean usable =
          "https".equalsIgnoreCase(url.getScheme())
              && url.getHost() != null
              && url.getUserInfo() == null
              && url.getQuery() == null
              && url.getFragment() == null;
      if (usable) {
        return url;
      }
    } catch (URISyntaxException _) {
      throw unusable();
    }
    throw unusable();
  }

  private static <T> Set<T> each(String text, Function<String, T> type) {
    Stream<String> entries =
        text.isBlank() ? Stream.empty() : Arrays.stream(text.split(",", -1)).map(String::strip);
    return entries.map(type).collect(LinkedHashSet::new, Set::add, Set::addAll);
  }

  /// Says nothing about the value: it may hold a password.
  private static IllegalArgumentException unusable() {
    return new IllegalArgumentException("cannot be used");
  }
}
