package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.server.http.Headers;
import dev.interceptor.server.upstream.ArgumentMirrors;

/// One POST to `/mcp`, told apart by its body and checked as its era demands.
///
/// A message that says it is modern is held to that and never taken for a legacy one.
sealed interface Inbound {
  /// A request in order, for a method that is served.
  record Modern(ModernRequest request) implements Inbound {}

  /// A modern notification, which is accepted; nothing hangs on it.
  record ModernNotification(ClientMessage.Notification notification) implements Inbound {}

  /// Anything of a legacy client, batches included; what its session permits is not checked.
  record Legacy(ClientMessage message, LegacyHeaders headers) implements Inbound {}

  /// @throws RefusedMessage with the first fault in the order that MCP's conformance suite expects
  static Inbound of(ClientMessage message, Headers headers, Served served) throws RefusedMessage {
    return switch (message) {
      case ClientMessage.Request request -> ofRequest(request, headers, served);
      case ClientMessage.Notification notification -> ofNotification(notification, headers);
      case ClientMessage.Response response -> {
        requireLegacyHeader(headers, "modern clients send no responses");
        yield new Legacy(response, LegacyHeaders.of(headers));
      }
      case ClientMessage.Batch batch -> {
        requireLegacyHeader(headers, "batches are not part of this version: send one message");
        requireLegacyElements(batch);
        yield new Legacy(batch, LegacyHeaders.of(headers));
      }
    };
  }

  private static Inbound ofRequest(ClientMessage.Request request, Headers headers, Served served)
      throws RefusedMessage {
    try {
      JsonObject params = request.params();
      boolean modernHeader = Era.ofHeader(headers) == Era.MODERN;
      if (request.method().equals("initialize") && !Era.isProvenBy(params)) {
        if (modernHeader) {
          throw StandardHeaders.mismatch(
              Era.VERSION_HEADER,
              "names a version that has no `initialize`: send no such header, or no `initialize`");
        }
        return new Legacy(request, LegacyHeaders.ofInitialize(headers));
      }
      return Era.isClaimedBy(params) || modernHeader
          ? new Modern(climb(request, headers, served))
          : new Legacy(request, LegacyHeaders.of(headers));
    } catch (RefusedMessage refused) {
      throw refused.to(request.id());
    }
  }

  /// The rungs of MCP 2026-07-28, each only for what passed those before.
  private static ModernRequest climb(ClientMessage.Request request, Headers headers, Served served)
      throws RefusedMessage {
    JsonObject params = request.params();
    String method = request.method();
    ModernMeta meta = ModernMeta.of(params);
    StandardHeaders.requireVersion(headers, meta.version());
    requireSupported(meta.version());
    StandardHeaders.requireMethod(headers, method);
    StandardHeaders.requireName(headers, method, params);
    if (!served.method(method)) {
      throw RefusedMessage.of(RpcError.methodNotFound());
    }
    requireParams(headers, method, params, served);
    return new ModernRequest(request.id(), method, params, meta);
  }

  private static void requireSupported(String version) throws RefusedMessage {
    if (!version.equals(Era.MODERN_VERSION)) {
      throw RefusedMessage.of(RpcError.unsupportedVersion(version));
    }
  }

  private static void requireParams(
      Headers headers, String method, JsonObject params, Served served) throws RefusedMessage {
    if (method.equals("tools/call")) {
      ToolCallParams call = ToolCallParams.of(params);
      ParamHeaders.check(headers, served.mirrors(call.name()), call.arguments());
    } else {
      ParamHeaders.check(headers, ArgumentMirrors.NONE, JsonObject.EMPTY);
    }
  }

  private static Inbound ofNotification(ClientMessage.Notification notification, Headers headers)
      throws RefusedMessage {
    boolean modernHeader = Era.ofHeader(headers) == Era.MODERN;
    boolean claimed = Era.isClaimedBy(notification.params());
    if (!claimed && !modernHeader) {
      return new Legacy(notification, LegacyHeaders.of(headers));
    }
    String version = StandardHeaders.single(headers, Era.VERSION_HEADER);
    if (claimed) {
      StandardHeaders.requireVersion(headers, ModernMeta.version(Era.meta(notification.params())));
    }
    requireSupported(version);
    StandardHeaders.requireNoOtherMethod(headers, notification.method());
    return new ModernNotification(notification);
  }

  private static void requireLegacyHeader(Headers headers, String message) throws RefusedMessage {
    if (Era.ofHeader(headers) == Era.MODERN) {
      throw RefusedMessage.of(RpcError.invalidRequest(message));
    }
  }

  private static void requireLegacyElements(ClientMessage.Batch batch) throws RefusedMessage {
    for (ClientMessage message : batch.messages()) {
      boolean claims =
          switch (message) {
            case ClientMessage.Request request -> Era.isClaimedBy(request.params());
            case ClientMessage.Notification note -> Era.isClaimedBy(note.params());
            case ClientMessage.Response _ -> false;
            case ClientMessage.Batch _ -> false;
          };
      if (claims) {
        throw RefusedMessage.of(
            RpcError.invalidRequest("modern messages stand in a batch: send each alone"));
      }
    }
  }
}
