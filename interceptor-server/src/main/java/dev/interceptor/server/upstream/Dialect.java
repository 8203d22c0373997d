package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.Continuation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// How requests are put to a server of one era of MCP.
sealed interface Dialect permits ModernDialect, LegacyDialect {
  /// @throws UpstreamFault whose kind says whether the call may have been delivered
  RpcAnswer call(AuthorizedCall call, Deadline deadline) throws UpstreamFault;

  /// One page of the tools.
  Page list(Optional<String> cursor, Deadline deadline) throws UpstreamFault;

  /// A page of `tools/list`.
  ///
  /// @param mirrored whether `x-mcp-header` annotations have a meaning in this era
  record Page(List<ObjectNode> tools, Optional<String> next, boolean mirrored) {
    /// @throws UpstreamFault REFUSED for an error, PROTOCOL if there is no list of tools
    static Page of(RpcAnswer answer, boolean mirrored) throws UpstreamFault {
      ObjectNode result = resultOf(answer, "tools/list");
      JsonNode listed = result.path("tools");
      if (!listed.isArray()) {
        throw UpstreamFault.protocol("tools/list has no list of tools");
      }
      List<ObjectNode> tools = new ArrayList<>(listed.size());
      for (JsonNode tool : listed) {
        if (tool instanceof ObjectNode object) {
          tools.add(object);
        }
      }
      JsonNode next = result.path("nextCursor");
      return new Page(
          tools, next.isTextual() ? Optional.of(next.textValue()) : Optional.empty(), mirrored);
    }
  }

  /// @throws UpstreamFault REFUSED if the answer is not a result
  static ObjectNode resultOf(RpcAnswer answer, String method) throws UpstreamFault {
    return switch (answer) {
      case RpcAnswer.Result result -> result.result();
      case RpcAnswer.Failure failure ->
          throw UpstreamFault.refused(method + ": " + failure.operatorDetail());
      case RpcAnswer.Rejected rejected ->
          throw UpstreamFault.refused(method + ": HTTP " + rejected.status());
    };
  }

  /// The body of `tools/call` around the very bytes that were hashed and signed.
  ///
  /// @param meta what follows the arguments inside `params`
  static byte[] callBody(long id, AuthorizedCall call, byte[] meta) {
    // INVARIANT (ForwardedBytesAreHashedBytes): the canonical bytes go out as they are. A tool's
    // name needs no escaping in JSON.
    byte[] arguments = call.call().arguments().canonical();
    byte[] continuation = continuation(call);
    String head =
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\"tools/call\",\"params\":{\"name\":\""
            + call.call().tool().name().value()
            + "\",\"arguments\":";
    ByteArrayOutputStream body =
        new ByteArrayOutputStream(
            head.length() + arguments.length + continuation.length + meta.length + 2);
    body.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(arguments);
    body.writeBytes(continuation);
    body.writeBytes(meta);
    body.write('}');
    body.write('}');
    return body.toByteArray();
  }

  /// The members of `params` that go on with an earlier call, each after a comma.
  private static byte[] continuation(AuthorizedCall call) {
    byte[] object = call.call().continuation().map(Continuation::canonical).orElse(new byte[0]);
    if (object.length == 0) {
      return object;
    }
    byte[] members = Arrays.copyOf(object, object.length - 1);
    members[0] = ',';
    return members;
  }
}
