package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.http.Departure;
import dev.interceptor.server.upstream.Caller;
import dev.interceptor.server.upstream.Notice;
import dev.interceptor.server.upstream.TraceContext;
import java.util.Optional;

/// An MCP client as the caller of one call: notices go out on the stream of its answer, under the
/// client's own progress token.
///
/// @param departure tells when the client has given the call up
/// @param progressToken as the client wrote it; empty if it wants no progress
record ClientCaller(
    ReplyStream stream,
    Departure departure,
    ObjectNode declared,
    Optional<ProgressToken> progressToken,
    Optional<String> logLevel,
    Optional<TraceContext> trace)
    implements Caller {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @Override
  public ObjectNode capabilities() {
    return declared.deepCopy();
  }

  @Override
  public boolean wantsProgress() {
    return progressToken.isPresent();
  }

  @Override
  public void hears(Notice notice) {
    switch (notice.method()) {
      case Notice.PROGRESS ->
          progressToken.ifPresent(token -> {
            ObjectNode params = without(notice.params());
            params.set("progressToken", token.json());
            stream.event(message(Notice.PROGRESS, params));
          });
      case Notice.LOG -> {
        if (logLevel.isPresent()) {
          stream.event(message(Notice.LOG, without(notice.params())));
        }
      }
      default -> {
        // Nothing else belongs on the stream of an answer.
      }
    }
  }

  /// The upstream's `_meta` speaks to this server, not to its clients.
  private static ObjectNode without(ObjectNode params) {
    ObjectNode copy = JSON.objectNode();
    for (var member : params.properties()) {
      if (!member.getKey().equals("_meta")) {
        copy.set(member.getKey(), member.getValue());
      }
    }
    return copy;
  }

  static ObjectNode message(String method, JsonNode params) {
    ObjectNode message = JSON.objectNode().put("jsonrpc", "2.0").put("method", method);
    message.set("params", params);
    return message;
  }

  @Override
  public Registration onLeave(Runnable abort) {
    return departure.onLeave(abort);
  }
}
