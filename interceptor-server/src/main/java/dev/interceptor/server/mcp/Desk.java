package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.enforcement.InterceptedCall;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.Caller;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.Listed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What clients of both eras are served, answered alike: lists, and calls by way of the enforcement
/// point.
///
/// Methods are refused unless they are named here (SPEC §7).
final class Desk {
  static final String TOOLS_LIST = "tools/list";

  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final EnforcementPoint enforcement;
  private final Catalogue catalogue;

  Desk(EnforcementPoint enforcement, Catalogue catalogue) {
    this.enforcement = enforcement;
    this.catalogue = catalogue;
  }

  static boolean lists(String method, View view) {
    return method.equals(TOOLS_LIST)
        || listed(method).map(Catalogue::feature).filter(view::exposes).isPresent();
  }

  static boolean calls(String method, View view) {
    return method.equals(CallRequest.TOOLS_CALL)
        || CallRequest.method(method).map(Feature::of).filter(view::exposes).isPresent();
  }

  private static Optional<Listed> listed(String method) {
    return Arrays.stream(Listed.values()).filter(what -> what.method().equals(method)).findFirst();
  }

  /// Every list has one page.
  Reply list(String method, JsonObject params, Client client) {
    if (params.member("cursor").isPresent()) {
      return new Reply.Fault(
          new RpcError(
              200,
              RpcError.INVALID_PARAMS,
              "`params.cursor` is not one of this server: leave it out",
              Optional.empty()));
    }
    if (method.equals(TOOLS_LIST)) {
      return list("tools", catalogue.tools(client.view(), client.principal()));
    }
    Listed what = listed(method).orElseThrow();
    return list(what.member(), catalogue.listed(what, client.view(), client.principal()));
  }

  private static Reply list(String member, List<ObjectNode> entries) {
    ObjectNode result = JSON.objectNode();
    ArrayNode array = result.putArray(member);
    entries.forEach(array::add);
    return new Reply.Result(result);
  }

  Outcome call(
      CallRequest call, Optional<Continuation> continuation, Client client, Caller caller) {
    return enforcement.execute(intercepted(call, continuation, client), caller);
  }

  /// Whether the policy lets the client watch a resource: [Outcome.Noted] if it does.
  Outcome watch(CallRequest subscription, Client client) {
    return enforcement.note(intercepted(subscription, Optional.empty(), client));
  }

  private static InterceptedCall intercepted(
      CallRequest call, Optional<Continuation> continuation, Client client) {
    return new InterceptedCall(
        client.requestId(),
        "mcp",
        client.principal(),
        Optional.of(client.peer()),
        client.session(),
        Optional.of(call.server().name()),
        call.tool(),
        call.arguments(),
        continuation);
  }

  /// What the methods of this view amount to, in MCP's words.
  static ObjectNode capabilities(View view) {
    boolean changes = view.exposes(Feature.SUBSCRIPTIONS);
    ObjectNode capabilities = JSON.objectNode();
    ObjectNode tools = capabilities.putObject("tools");
    if (changes) {
      tools.put("listChanged", true);
    }
    if (view.exposes(Feature.RESOURCES)) {
      ObjectNode resources = capabilities.putObject("resources");
      if (changes) {
        resources.put("subscribe", true).put("listChanged", true);
      }
    }
    if (view.exposes(Feature.PROMPTS)) {
      ObjectNode prompts = capabilities.putObject("prompts");
      if (changes) {
        prompts.put("listChanged", true);
      }
    }
    if (view.exposes(Feature.COMPLETION)) {
      capabilities.putObject("completions");
    }
    if (view.exposes(Feature.LOGGING)) {
      capabilities.putObject("logging");
    }
    return capabilities;
  }

  static ObjectNode serverInfo() {
    return JSON.objectNode().put("name", "sentinel-interceptor").put("version", "0.1.0");
  }

  /// A failure of ours or of an upstream, as an answer. What an upstream did is no fault of this
  /// exchange, so clients get to read it.
  static RpcError error(RuntimeException failure, String requestId) {
    if (!(failure instanceof InterceptorException known)) {
      LOG.error("request {} failed", requestId, failure);
      return error(ErrorCode.INTERNAL, ErrorCode.INTERNAL.publicMessage());
    }
    if (known.code().status() >= 500) {
      LOG.warn("request {} refused with {}: {}", requestId, known.code(), known.getMessage());
    } else {
      LOG.debug("request {} refused with {}", requestId, known.code());
    }
    return error(known.code(), known.publicDetail());
  }

  private static RpcError error(ErrorCode code, String message) {
    int status =
        switch (code) {
          case UPSTREAM_UNREACHABLE, UPSTREAM_PROTOCOL, UPSTREAM_TIMEOUT -> 200;
          default -> code.status();
        };
    int number =
        code.status() >= 500 || code.status() == 429
            ? Outcomes.INTERNAL_ERROR
            : RpcError.INVALID_REQUEST;
    return new RpcError(
        status, number, message, Optional.of(JSON.objectNode().put("code", code.name())));
  }
}
