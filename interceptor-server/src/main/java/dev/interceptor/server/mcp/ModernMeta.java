package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.server.upstream.LogLevel;
import dev.interceptor.server.upstream.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a modern request says about itself in `params._meta`. `clientInfo` is not read: it is a
/// claim that nothing may depend on.
///
/// @param version not yet found to be supported
/// @param logLevel empty for a client that wants no log messages
/// @param trace empty where there is none or it is not well-formed
record ModernMeta(
    String version,
    JsonObject clientCapabilities,
    Optional<LogLevel> logLevel,
    Optional<ProgressToken> progressToken,
    Optional<TraceContext> trace) {
  private static final String LOG_LEVEL = "io.modelcontextprotocol/logLevel";
  private static final String PROGRESS_TOKEN = "progressToken";

  /// @throws RefusedMessage with the code -32602 naming the members that are missing or ill-typed
  static ModernMeta of(JsonObject params) throws RefusedMessage {
    JsonObject meta = Era.meta(params);
    requirePresent(meta);
    String version = version(meta);
    if (!(meta.member(Era.CLIENT_CAPABILITIES).orElseThrow() instanceof JsonObject capabilities)) {
      throw refused(Era.CLIENT_CAPABILITIES, "is not an object: write {} for none");
    }
    return new ModernMeta(version, capabilities, logLevel(meta), progressToken(meta), trace(meta));
  }

  /// The version that a message claims.
  ///
  /// @throws RefusedMessage with the code -32602 if it is no string
  static String version(JsonObject meta) throws RefusedMessage {
    return meta.member(Era.PROTOCOL_VERSION)
        .flatMap(ModernMeta::text)
        .orElseThrow(() ->
            refused(Era.PROTOCOL_VERSION, "is not a string: write \"" + Era.MODERN_VERSION + "\""));
  }

  private static void requirePresent(JsonObject meta) throws RefusedMessage {
    List<String> missing = new ArrayList<>(2);
    for (String key : List.of(Era.PROTOCOL_VERSION, Era.CLIENT_CAPABILITIES)) {
      if (meta.member(key).isEmpty()) {
        missing.add("`" + key + "`");
      }
    }
    if (!missing.isEmpty()) {
      throw RefusedMessage.of(
          RpcError.invalidParams(
              "`params._meta` lacks "
                  + String.join(" and ", missing)
                  + ": write them as MCP "
                  + Era.MODERN_VERSION
                  + " says"));
    }
  }

  private static Optional<LogLevel> logLevel(JsonObject meta) throws RefusedMessage {
    Optional<JsonValue> member = meta.member(LOG_LEVEL);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    Optional<LogLevel> level = text(member.get()).flatMap(LogLevel::of);
    if (level.isEmpty()) {
      throw refused(LOG_LEVEL, "is no level: write one of debug, info, notice, … emergency");
    }
    return level;
  }

  /// The same in both eras.
  ///
  /// @throws RefusedMessage with the code -32602 for a token that is no string and no integer
  static Optional<ProgressToken> progressToken(JsonObject meta) throws RefusedMessage {
    Optional<JsonValue> member = meta.member(PROGRESS_TOKEN);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    Optional<ProgressToken> token = member.flatMap(TextOrInteger::of).map(ProgressToken::new);
    if (token.isEmpty()) {
      throw refused(PROGRESS_TOKEN, "cannot be used: write " + TextOrInteger.RULE);
    }
    return token;
  }

  private static Optional<TraceContext> trace(JsonObject meta) {
    return meta.member("traceparent").flatMap(ModernMeta::text).flatMap(TraceContext::of);
  }

  private static Optional<String> text(JsonValue value) {
    return value instanceof JsonString string ? Optional.of(string.value()) : Optional.empty();
  }

  private static RefusedMessage refused(String key, String what) {
    return RefusedMessage.of(RpcError.invalidParams("`params._meta." + key + "` " + what));
  }
}
