package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.server.http.Headers;
import dev.interceptor.server.upstream.HeaderValue;
import java.util.Optional;
import java.util.regex.Pattern;

/// The two ways of speaking MCP: without a session from 2026-07-28 on, with one before.
enum Era {
  MODERN,
  LEGACY;

  static final String MODERN_VERSION = "2026-07-28";
  static final String VERSION_HEADER = "MCP-Protocol-Version";
  static final String PROTOCOL_VERSION = "io.modelcontextprotocol/protocolVersion";
  static final String CLIENT_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  /// By the header alone, which is all that a request without a body shows: a client that names a
  /// modern version is modern.
  static Era ofHeader(Headers headers) {
    for (String value : headers.all(VERSION_HEADER)) {
      if (isModern(HeaderValue.stripped(value))) {
        return MODERN;
      }
    }
    return LEGACY;
  }

  /// Versions are dates; the first modern one and whatever comes after it.
  static boolean isModern(String version) {
    return version.equals(MODERN_VERSION)
        || (DATE.matcher(version).matches() && version.compareTo(MODERN_VERSION) > 0);
  }

  /// Whether the params say which version they are written in, be it rightly or not.
  static boolean isClaimedBy(JsonObject params) {
    return meta(params).member(PROTOCOL_VERSION).isPresent();
  }

  /// Whether the params say all that a modern request has to say, with a modern version.
  static boolean isProvenBy(JsonObject params) {
    JsonObject meta = meta(params);
    boolean modern =
        meta.member(PROTOCOL_VERSION)
            .filter(version -> version instanceof JsonString text && isModern(text.value()))
            .isPresent();
    return modern
        && meta.member(CLIENT_CAPABILITIES).filter(JsonObject.class::isInstance).isPresent();
  }

  /// The `_meta` of the params; empty where there is none.
  static JsonObject meta(JsonObject params) {
    Optional<JsonValue> meta = params.member("_meta");
    return meta.isPresent() && meta.get() instanceof JsonObject object ? object : JsonObject.EMPTY;
  }
}
