package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.util.Optional;

/// What a server's answer to a forwarded call means.
final class Replies {
  private static final int MAX_MESSAGE_CHARS = 4096;

  private Replies() {}

  /// @param method of the request; empty for a tool
  /// @param askable the capabilities that the server was told; empty if it may not ask at all
  static ToolReply of(
      RpcAnswer answer, Optional<ProtocolMethod> method, Optional<ObjectNode> askable) {
    return switch (answer) {
      case RpcAnswer.Failure failure when concernsCall(failure, method) ->
          new ToolReply.RpcError(passedOn(failure), failure.operatorDetail());
      case RpcAnswer.Failure failure ->
          new ToolReply.Failed(Fault.REFUSED, failure.operatorDetail());
      case RpcAnswer.Rejected rejected ->
          new ToolReply.Failed(Fault.REFUSED, "HTTP " + rejected.status());
      case RpcAnswer.Result result -> result(result.result(), method, askable);
    };
  }

  static ToolReply of(UpstreamFault fault) {
    String detail = fault.operatorDetail();
    return switch (fault.kind()) {
      case NOT_SENT, GIVEN_UP -> new ToolReply.NotDelivered(detail);
      case TIMEOUT -> new ToolReply.Unknown(Fault.TIMEOUT, detail);
      case ABANDONED -> new ToolReply.Unknown(Fault.ABANDONED, detail);
      case DISCONNECTED -> new ToolReply.Unknown(Fault.DISCONNECTED, detail);
      case PROTOCOL -> new ToolReply.Unknown(Fault.PROTOCOL, detail);
      case REFUSED -> new ToolReply.Failed(Fault.REFUSED, detail);
    };
  }

  private static ToolReply result(
      ObjectNode result, Optional<ProtocolMethod> method, Optional<ObjectNode> askable) {
    JsonNode type = result.path("resultType");
    if (type.isMissingNode() || type.asText("").equals("complete")) {
      return isWhole(result, method)
          ? new ToolReply.Completed(result)
          : new ToolReply.Unknown(Fault.PROTOCOL, "the result lacks what its method promises");
    }
    if (!type.asText("").equals("input_required") || askable.isEmpty()) {
      return new ToolReply.Failed(Fault.PROTOCOL, "the result is not complete");
    }
    return InputRequests.objection(result, method, askable.get())
        .<ToolReply>map(reason -> new ToolReply.Failed(Fault.PROTOCOL, reason))
        .orElseGet(() -> new ToolReply.InputRequired(result));
  }

  private static boolean isWhole(ObjectNode result, Optional<ProtocolMethod> method) {
    if (method.isEmpty()) {
      return result.path("content").isArray();
    }
    return switch (method.get()) {
      case RESOURCES_READ -> result.path("contents").isArray();
      case PROMPTS_GET -> result.path("messages").isArray();
      case COMPLETION_COMPLETE -> result.path("completion").isObject();
      case RESOURCES_SUBSCRIBE -> false;
    };
  }

  /// Whether an error is about this call, not about the connection, the token, the session or the
  /// interceptor's own part in the protocol.
  private static boolean concernsCall(RpcAnswer.Failure failure, Optional<ProtocolMethod> method) {
    int status = failure.status();
    if (status != 200 && status != 400 && status != 404) {
      return false;
    }
    long code = failure.code();
    if (code == ErrorNumbers.METHOD_NOT_FOUND) {
      return method.isPresent();
    }
    if (code == ErrorNumbers.SERVER_ERROR) {
      return status == 200;
    }
    return !ErrorNumbers.OF_THE_CONNECTION.contains(code);
  }

  private static ObjectNode passedOn(RpcAnswer.Failure failure) {
    long code =
        failure.code() == ErrorNumbers.RESOURCE_NOT_FOUND
            ? ErrorNumbers.INVALID_PARAMS
            : failure.code();
    ObjectNode error = Messages.object().put("code", code).put("message", cut(failure.message()));
    if (!failure.data().isMissingNode()) {
      error.set("data", failure.data());
    }
    return error;
  }

  private static String cut(String message) {
    if (message.length() <= MAX_MESSAGE_CHARS) {
      return message;
    }
    boolean pair = Character.isHighSurrogate(message.charAt(MAX_MESSAGE_CHARS - 1));
    return message.substring(0, pair ? MAX_MESSAGE_CHARS - 1 : MAX_MESSAGE_CHARS);
  }
}
