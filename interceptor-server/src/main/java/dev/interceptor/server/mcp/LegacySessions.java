package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.server.upstream.Feature;

/// How a legacy session begins, and which one a message belongs to.
final class LegacySessions {
  private static final String INITIALIZE = "initialize";
  private static final int MOST_CAPABILITIES = 4096;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ClientSessions sessions;

  LegacySessions(ClientSessions sessions) {
    this.sessions = sessions;
  }

  static boolean isInitialize(ClientMessage.Request request) {
    return request.method().equals(INITIALIZE);
  }

  /// @throws RefusedMessage for capabilities that are too long to keep
  ClientSession initialized(ClientMessage.Request request, Client client) throws RefusedMessage {
    return sessions.open(
        client.principal(), version(request.params()), capabilities(request.params()));
  }

  private static LegacyVersion version(JsonObject params) {
    return params.member("protocolVersion").orElse(null) instanceof JsonString asked
        ? LegacyVersion.of(asked.value()).orElse(LegacyVersion.LATEST)
        : LegacyVersion.LATEST;
  }

  /// What the client can be asked; what else it says of itself is not kept.
  private static ObjectNode capabilities(JsonObject params) throws RefusedMessage {
    ObjectNode kept = JSON.objectNode();
    if (params.member("capabilities").orElse(null) instanceof JsonObject declared) {
      kept.setAll(Jackson.object(declared));
      kept.retain(Feature.QUESTIONS.stream().map(Feature::word).toList());
    }
    if (kept.toString().length() > MOST_CAPABILITIES) {
      throw RefusedMessage.of(
          RpcError.invalidParams(
              "`params.capabilities` is longer than "
                  + MOST_CAPABILITIES
                  + " characters: declare less"));
    }
    return kept;
  }

  static Reply welcome(ClientSession session, Client client) {
    ObjectNode result = JSON.objectNode().put("protocolVersion", session.version().text());
    result.set("capabilities", Desk.capabilities(client.view()));
    result.set("serverInfo", Desk.serverInfo());
    return new Reply.Result(result);
  }

  /// The session that a message belongs to.
  ///
  /// @throws RefusedMessage with status 400 without a session's id, 404 for one that is not known
  ClientSession find(LegacyHeaders headers, Client client) throws RefusedMessage {
    String id =
        headers
            .session()
            .orElseThrow(() ->
                RefusedMessage.of(
                    RpcError.invalidRequest(
                        "the header `Mcp-Session-Id` is missing: send `initialize` first, then"
                            + " the id that it was answered with")));
    return sessions
        .find(client.principal(), id)
        .orElseThrow(() ->
            RefusedMessage.of(
                RpcError.invalidRequest(404, "the session is not known: send `initialize` again")));
  }
}
