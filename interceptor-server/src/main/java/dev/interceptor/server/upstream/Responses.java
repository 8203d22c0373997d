package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.upstream.RpcChannel.ServerRequests;
import java.util.Optional;

/// JSON-RPC responses: those that a server sends, and those that it gets.
final class Responses {
  private Responses() {}

  /// @param id of the request; a response to it must carry the same integer, an error may also come
  ///   without any
  /// @param status of the HTTP answer, 200 where there is none
  /// @throws UpstreamFault PROTOCOL if the message is not the response to that request
  static RpcAnswer read(ObjectNode message, long id, int status, Optional<String> session)
      throws UpstreamFault {
    if (!message.path("jsonrpc").asText("").equals("2.0")) {
      throw UpstreamFault.protocol("the answer is not JSON-RPC 2.0");
    }
    JsonNode result = message.path("result");
    JsonNode error = message.path("error");
    if (result.isMissingNode() == error.isMissingNode()) {
      throw UpstreamFault.protocol("the answer holds not exactly one of result and error");
    }
    JsonNode answered = message.path("id");
    boolean anonymous = answered.isMissingNode() || answered.isNull();
    boolean ours =
        answered.isIntegralNumber() && answered.canConvertToLong() && answered.longValue() == id;
    if (!ours && !(anonymous && error.isObject())) {
      throw UpstreamFault.protocol("the answer is for another request");
    }
    JsonNode code = error.path("code");
    if (error.isObject() && code.isIntegralNumber() && code.canConvertToLong()) {
      return new RpcAnswer.Failure(
          status, code.longValue(), error.path("message").asText(""), error.path("data"));
    }
    if (result instanceof ObjectNode object) {
      return new RpcAnswer.Result(object, session);
    }
    throw UpstreamFault.protocol("the answer's result or error is not an object");
  }

  /// The response to a request that a server makes; no capability was declared to it.
  ///
  /// @param earlier how many requests it made before on the same exchange
  /// @throws UpstreamFault PROTOCOL if it may not make this one
  static byte[] toServer(ObjectNode request, ServerRequests allowed, int earlier)
      throws UpstreamFault {
    JsonNode id = request.path("id");
    if (allowed == ServerRequests.FORBIDDEN
        || !(id.isTextual() || id.isIntegralNumber())
        || earlier >= RpcChannel.MAX_SERVER_REQUESTS) {
      throw UpstreamFault.protocol("the server made a request that the protocol does not allow");
    }
    ObjectNode reply = Messages.object().put("jsonrpc", "2.0");
    reply.set("id", id);
    if (request.path("method").asText("").equals("ping")) {
      reply.putObject("result");
    } else {
      reply.putObject("error").put("code", -32601).put("message", "not supported by this client");
    }
    return Messages.bytes(reply);
  }
}
