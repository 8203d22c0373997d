package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import java.util.List;
import java.util.Optional;

/// The upstreams that one address serves, and what their things are called there: `/mcp` shows all
/// of them, with the upstream's name in front where there are several; `/mcp/NAME` shows one as it
/// is (SPEC §7).
///
/// @param prefixed whether names carry their upstream's
record View(List<ToolServer> servers, boolean prefixed) {
  /// Between an upstream's name and the URI of its resource. Names hold no plus sign.
  private static final char IN_URIS = '+';

  View {
    servers = List.copyOf(servers);
  }

  static View ofAll(ToolServers upstreams) {
    return new View(List.copyOf(upstreams.all()), upstreams.all().size() > 1);
  }

  /// @throws dev.interceptor.server.failure.InterceptorException UNKNOWN_UPSTREAM
  static View ofOne(ToolServers upstreams, UpstreamName name) {
    return new View(List.of(upstreams.find(Optional.of(name))), false);
  }

  /// Something of one upstream, by the name that the upstream knows.
  record Found(ToolServer server, String name) {}

  boolean exposes(Feature feature) {
    return servers.stream().anyMatch(server -> server.exposed().contains(feature));
  }

  List<ToolServer> exposing(Feature feature) {
    return servers.stream().filter(server -> server.exposed().contains(feature)).toList();
  }

  /// The tool or prompt that a client means; empty for a name of no upstream of this view.
  Optional<Found> named(String shown) {
    return found(shown, ToolRef.SEPARATOR);
  }

  Optional<Found> resource(String shown) {
    return found(shown, String.valueOf(IN_URIS));
  }

  private Optional<Found> found(String shown, String separator) {
    if (!prefixed) {
      return servers.stream().findFirst().map(server -> new Found(server, shown));
    }
    int cut = shown.indexOf(separator);
    if (cut < 1) {
      return Optional.empty();
    }
    String upstream = shown.substring(0, cut);
    return servers.stream()
        .filter(server -> server.name().value().equals(upstream))
        .findFirst()
        .map(server -> new Found(server, shown.substring(cut + separator.length())));
  }

  /// What a client reads for a tool or prompt.
  String shownName(ToolServer server, String name) {
    return prefixed ? server.name().value() + ToolRef.SEPARATOR + name : name;
  }

  /// What a client reads for a resource's URI or URI template.
  String shownUri(ToolServer server, String uri) {
    return prefixed ? server.name().value() + IN_URIS + uri : uri;
  }

  /// A result as the client of this view reads it: addresses of resources carry their upstream's
  /// name wherever those of lists do.
  ObjectNode shown(ToolServer server, ObjectNode result) {
    if (prefixed) {
      result.path("content").forEach(block -> prefix(server, block));
      result.path("contents").forEach(entry -> prefixUri(server, entry));
      result.path("messages").forEach(message -> prefix(server, message.path("content")));
    }
    return result;
  }

  private void prefix(ToolServer server, JsonNode block) {
    prefixUri(server, block);
    prefixUri(server, block.path("resource"));
  }

  private void prefixUri(ToolServer server, JsonNode holder) {
    if (holder instanceof ObjectNode object && object.path("uri").isTextual()) {
      object.put("uri", shownUri(server, object.path("uri").textValue()));
    }
  }
}
