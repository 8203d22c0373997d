package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolCall;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// The JSON-RPC request that forwards a call, around the very bytes that were hashed and signed.
final class CallBody {
  static final byte[] NO_META = {};

  private static final byte[] NOTHING = {};
  private static final int EMPTY_OBJECT = 2;

  private CallBody() {}

  /// The `_meta` member of `params`; nothing for an empty object.
  static byte[] meta(ObjectNode meta) {
    return meta.isEmpty() ? NO_META : ("\"_meta\":" + meta).getBytes(StandardCharsets.UTF_8);
  }

  /// @param meta as from `meta`
  static byte[] of(long id, AuthorizedCall authorized, byte[] meta) {
    // INVARIANT (ForwardedBytesAreHashedBytes): the canonical bytes go out as they are. A tool's
    // name needs no escaping in JSON.
    ToolCall call = authorized.call();
    String name = call.tool().name().value();
    boolean method = ProtocolMethod.of(call.tool().name()).isPresent();
    byte[] arguments = call.arguments().canonical();
    byte[] continuation = call.continuation().map(Continuation::canonical).orElse(NOTHING);
    String head =
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + (method
                ? ",\"method\":\"" + name + "\",\"params\":{"
                : ",\"method\":\"tools/call\",\"params\":{\"name\":\""
                    + name
                    + "\",\"arguments\":");
    ByteArrayOutputStream body =
        new ByteArrayOutputStream(
            head.length() + arguments.length + continuation.length + meta.length + 4);
    body.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    boolean empty = method && arguments.length == EMPTY_OBJECT;
    if (method) {
      body.write(arguments, 1, arguments.length - EMPTY_OBJECT);
    } else {
      body.writeBytes(arguments);
    }
    if (continuation.length > EMPTY_OBJECT) {
      separate(body, empty);
      body.write(continuation, 1, continuation.length - EMPTY_OBJECT);
      empty = false;
    }
    if (meta.length > 0) {
      separate(body, empty);
      body.writeBytes(meta);
    }
    body.write('}');
    body.write('}');
    return body.toByteArray();
  }

  private static void separate(ByteArrayOutputStream body, boolean empty) {
    if (!empty) {
      body.write(',');
    }
  }
}
