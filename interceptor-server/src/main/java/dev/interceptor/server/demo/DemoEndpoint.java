package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// The HTTP side of `/mcp`: what holds for both eras, then the face of the right one.
final class DemoEndpoint {
  private static final int PARSE_ERROR = -32700;
  private static final int INVALID_REQUEST = -32600;
  private static final int NOT_ALLOWED = 1403;

  private final ModernFace modern;
  private final LegacyFace legacy;

  DemoEndpoint(ModernFace modern, LegacyFace legacy) {
    this.modern = modern;
    this.legacy = legacy;
  }

  void post(Context context) {
    write(context, httpFault(context).orElseGet(() -> reply(context)));
  }

  void delete(Context context) {
    McpRequest request = new McpRequest(JsonObject.EMPTY, headersOf(context));
    write(context, httpFault(context).orElseGet(() -> legacy.end(request)));
  }

  void refuseOtherMethods(Context context) {
    write(context, McpReply.empty(405).with("Allow", "POST, DELETE"));
  }

  /// A browser page must not reach a server on this machine, whatever name it resolves to.
  private static Optional<McpReply> httpFault(Context context) {
    String host = Optional.ofNullable(context.header("Host")).orElse("");
    boolean local = host.matches("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d{1,5})?");
    if (!local || context.header("Origin") != null) {
      return Optional.of(
          McpReply.error(
              403, MissingNode.getInstance(), NOT_ALLOWED, "host or origin not allowed"));
    }
    String type = Optional.ofNullable(context.header("Content-Type")).orElse("");
    boolean posting = context.req().getMethod().equals("POST");
    if (posting && !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      return Optional.of(McpReply.empty(415));
    }
    String accept = Optional.ofNullable(context.header("Accept")).orElse("");
    if (posting && !(accept.contains("application/json") && accept.contains("text/event-stream"))) {
      return Optional.of(
          McpReply.error(
              406,
              MissingNode.getInstance(),
              INVALID_REQUEST,
              "Accept must list both JSON and SSE"));
    }
    return Optional.empty();
  }

  private McpReply reply(Context context) {
    JsonValue message;
    try {
      message = StrictJson.parse(context.bodyAsBytes(), JsonLimits.DEFAULT);
    } catch (MalformedJsonException e) {
      return McpReply.error(400, MissingNode.getInstance(), PARSE_ERROR, "the body is not JSON");
    }
    if (!(message instanceof JsonObject object) || !isMessage(object)) {
      return McpReply.error(
          400, MissingNode.getInstance(), INVALID_REQUEST, "the body is not a JSON-RPC message");
    }
    McpRequest request = new McpRequest(object, headersOf(context));
    return ModernFace.claims(request) ? modern.handle(request) : legacy.handle(request);
  }

  /// A request, a notification, or a response to a request that this server never makes.
  private static boolean isMessage(JsonObject object) {
    boolean versioned = object.member("jsonrpc").filter(new JsonString("2.0")::equals).isPresent();
    boolean identified =
        object.member("id").isEmpty()
            || !new McpRequest(object, _ -> List.of()).id().isMissingNode();
    boolean asks = object.member("method").orElse(null) instanceof JsonString;
    boolean answers = object.member("result").isPresent() || object.member("error").isPresent();
    return versioned && identified && (asks || answers);
  }

  private static Function<String, List<String>> headersOf(Context context) {
    return name -> Collections.list(context.req().getHeaders(name));
  }

  private static void write(Context context, McpReply reply) {
    context.status(reply.status());
    reply.headers().forEach(context::header);
    reply
        .body()
        .ifPresent(body ->
            context
                .contentType("application/json")
                .result(body.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
