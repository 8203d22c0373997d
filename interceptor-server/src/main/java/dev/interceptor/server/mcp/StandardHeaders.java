package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.server.http.Headers;
import dev.interceptor.server.upstream.HeaderValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The headers of a modern request that repeat its body. The body is the truth; a header that says
/// something else, or that stands there twice, refuses the request with -32020.
final class StandardHeaders {
  static final String METHOD = "Mcp-Method";
  static final String NAME = "Mcp-Name";

  /// Which of the params `Mcp-Name` repeats, by method.
  static final Map<String, String> NAMED_BY =
      Map.of(
          "tools/call", "name",
          "prompts/get", "name",
          "resources/read", "uri",
          "tasks/get", "taskId",
          "tasks/update", "taskId",
          "tasks/cancel", "taskId");

  private StandardHeaders() {}

  static void requireVersion(Headers headers, String version) throws RefusedMessage {
    requireEqual(
        Era.VERSION_HEADER, single(headers, Era.VERSION_HEADER), version, Era.PROTOCOL_VERSION);
  }

  static void requireMethod(Headers headers, String method) throws RefusedMessage {
    requireEqual(METHOD, single(headers, METHOD), method, "method");
  }

  /// A notification may leave its headers out, but they may not say something else.
  static void requireNoOtherMethod(Headers headers, String method) throws RefusedMessage {
    if (!headers.all(METHOD).isEmpty()) {
      requireMethod(headers, method);
    }
  }

  /// Params without the member that the header repeats are refused later, for that.
  static void requireName(Headers headers, String method, JsonObject params) throws RefusedMessage {
    String member = NAMED_BY.get(method);
    if (member == null || !(params.member(member).orElse(null) instanceof JsonString name)) {
      return;
    }
    Optional<String> decoded = HeaderValue.decode(single(headers, NAME));
    if (decoded.isEmpty()) {
      throw mismatch(NAME, "is not well-formed: write visible ASCII, or =?base64?…?= around UTF-8");
    }
    requireEqual(NAME, decoded.get(), name.value(), "params." + member);
  }

  /// The value of a header that has to be there once, without the white space around it.
  static String single(Headers headers, String name) throws RefusedMessage {
    List<String> values = headers.all(name);
    return switch (values.size()) {
      case 0 -> throw mismatch(name, "is missing: repeat there what the body says");
      case 1 -> HeaderValue.stripped(values.getFirst());
      default -> throw mismatch(name, "stands there twice: send it once");
    };
  }

  private static void requireEqual(String header, String value, String body, String member)
      throws RefusedMessage {
    if (!value.equals(body)) {
      throw mismatch(header, "differs from the body's `" + member + "`: write the same in both");
    }
  }

  static RefusedMessage mismatch(String header, String what) {
    return RefusedMessage.of(RpcError.headerMismatch(header, what));
  }
}
