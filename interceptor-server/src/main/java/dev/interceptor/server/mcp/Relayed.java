package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What one instance tells the others about a legacy session, as JSON-RPC.
final class Relayed {
  private static final String CANCELLED = "notifications/cancelled";
  private static final String REFRESHED = "interceptor/refresh";

  /// What the session wants to hear of has changed.
  static final String REFRESH =
      ClientCaller.message(REFRESHED, JsonNodeFactory.instance.objectNode()).toString();

  private Relayed() {}

  static String cancel(RequestId id) {
    ObjectNode params = JsonNodeFactory.instance.objectNode();
    params.set("requestId", id.json());
    return ClientCaller.message(CANCELLED, params).toString();
  }

  static String answer(ClientMessage.Response response) {
    ObjectNode message = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
    message.set("id", response.id().json());
    response.result().map(Jackson::object).ifPresent(result -> message.set("result", result));
    response.error().map(Jackson::object).ifPresent(error -> message.set("error", error));
    return message.toString();
  }

  /// Does what another instance was told; what nobody here waits for is dropped.
  static void take(UnderWay underWay, String session, String text) {
    ClientMessage message;
    try {
      message = ClientMessage.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (RefusedMessage unreadable) {
      return;
    }
    switch (message) {
      case ClientMessage.Response response -> {
        var _ = underWay.answer(session, response);
      }
      case ClientMessage.Notification(String method, JsonObject params)
          when method.equals(CANCELLED) -> {
        Optional<RequestId> id =
            params.member("requestId").flatMap(TextOrInteger::of).map(RequestId::new);
        id.ifPresent(known -> underWay.cancel(session, known));
      }
      case ClientMessage.Notification(String method, JsonObject _) when method.equals(REFRESHED) ->
          underWay.refresh(session);
      default -> {
        // Written by a newer version.
      }
    }
  }
}
