package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.http.Departure;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.Interests;
import dev.interceptor.server.upstream.LogLevel;
import dev.interceptor.server.upstream.ToolServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// MCP 2026-07-28 towards clients: nothing is remembered between requests.
final class ModernFace {
  private static final String DISCOVER = "server/discover";
  private static final String LISTEN = "subscriptions/listen";
  private static final String META = "io.modelcontextprotocol/";
  private static final String SUBSCRIPTION = META + "subscriptionId";

  /// Short enough that a changed policy or a blocked tool shows soon.
  private static final long LIST_AGE = Duration.ofSeconds(10).toMillis();

  private static final int MOST_RESOURCES = 256;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Desk desk;
  private final Streams streams;

  ModernFace(Desk desk, Streams streams) {
    this.desk = desk;
    this.streams = streams;
  }

  static boolean serves(String method, View view) {
    return method.equals(DISCOVER)
        || Desk.lists(method, view)
        || (Desk.calls(method, view) && !method.equals(ProtocolMethod.RESOURCES_SUBSCRIBE.method()))
        || (method.equals(LISTEN) && view.exposes(Feature.SUBSCRIPTIONS));
  }

  /// Answers a request for a method that [#serves] names.
  ///
  /// @throws RefusedMessage for params that cannot be used
  void answer(ModernRequest request, Client client, ReplyStream stream) throws RefusedMessage {
    String method = request.method();
    Reply reply;
    if (method.equals(LISTEN)) {
      listen(request, client, stream);
      return;
    } else if (method.equals(DISCOVER)) {
      reply = dated(new Reply.Result(discovered(client.view())));
    } else if (Desk.lists(method, client.view())) {
      reply = dated(desk.list(method, request.params(), client));
    } else {
      reply = call(request, client, stream);
    }
    Reply complete = complete(reply);
    stream.finish(complete.status(), Optional.of(complete.to(request.id())));
  }

  private Reply call(ModernRequest request, Client client, ReplyStream stream)
      throws RefusedMessage {
    CallRequest call = CallRequest.of(request.method(), request.params(), client.view());
    ClientCaller caller =
        new ClientCaller(
            stream,
            stream.loss(),
            Jackson.object(request.meta().clientCapabilities()),
            request.meta().progressToken(),
            request.meta().logLevel().map(LogLevel::text),
            request.meta().trace());
    Optional<Continuation> continuation = Continuation.of(request.params());
    if (request.params().member("inputResponses").isPresent() && !call.mayBeAsked()) {
      throw invalid("`params.inputResponses` answers no question: nothing is asked here");
    }
    Outcome outcome = desk.call(call, continuation, client, caller);
    Reply reply = Outcomes.reply(outcome, call, client.view());
    return request.method().equals(ProtocolMethod.RESOURCES_READ.method()) ? undated(reply) : reply;
  }

  private static ObjectNode discovered(View view) {
    ObjectNode result = JSON.objectNode();
    result.putArray("supportedVersions").add(Era.MODERN_VERSION);
    result.set("capabilities", Desk.capabilities(view));
    return result;
  }

  /// What depends on the key is nobody else's.
  private static Reply dated(Reply reply) {
    return dated(reply, LIST_AGE);
  }

  /// A resource may be read only after another decision.
  private static Reply undated(Reply reply) {
    return dated(reply, 0);
  }

  private static Reply dated(Reply reply, long millis) {
    if (reply instanceof Reply.Result(ObjectNode result)) {
      return new Reply.Result(result.put("ttlMs", millis).put("cacheScope", "private"));
    }
    return reply;
  }

  private static Reply complete(Reply reply) {
    if (!(reply instanceof Reply.Result(ObjectNode result))) {
      return reply;
    }
    if (!result.path("resultType").asText("").equals("input_required")) {
      result.put("resultType", "complete");
    }
    ObjectNode meta = result.withObjectProperty("_meta");
    meta.set(META + "serverInfo", Desk.serverInfo());
    return reply;
  }

  private void listen(ModernRequest request, Client client, ReplyStream stream)
      throws RefusedMessage {
    Interests wanted = wanted(request.params());
    streams.hold(
        client.principal().key(),
        stream,
        new Departure(),
        () -> {
          Map<String, View.Found> resources = permitted(wanted.resources(), client);
          stream.event(acknowledged(request.id(), honoured(wanted, client.view(), resources)));
          Map<ToolServer, Set<String>> byServer = new HashMap<>();
          resources
              .values()
              .forEach(found ->
                  byServer.computeIfAbsent(found.server(), _ -> new HashSet<>()).add(found.name()));
          return News.begin(
              client.view(),
              wanted,
              byServer,
              message -> stream.event(tagged(message, request.id())));
        });
    ObjectNode result = JSON.objectNode().put("resultType", "complete");
    result.putObject("_meta").set(SUBSCRIPTION, request.id().json());
    stream.finish(200, Optional.of(new Reply.Result(result).to(request.id())));
  }

  /// Each resource is decided as a call of its own; what is refused is not in the acknowledgement.
  private Map<String, View.Found> permitted(Set<String> uris, Client client) {
    Map<String, View.Found> permitted = new TreeMap<>();
    for (String uri : uris) {
      client
          .view()
          .resource(uri)
          .filter(found -> found.server().exposed().contains(Feature.SUBSCRIPTIONS))
          .filter(found -> {
            CallRequest call =
                CallRequest.about(found.server(), ProtocolMethod.RESOURCES_SUBSCRIBE, found.name());
            return desk.watch(call, client) instanceof Outcome.Noted;
          })
          .ifPresent(found -> permitted.put(uri, found));
    }
    return permitted;
  }

  private static Interests honoured(
      Interests wanted, View view, Map<String, View.Found> resources) {
    return new Interests(
        wanted.toolsList(),
        wanted.promptsList() && view.exposes(Feature.PROMPTS),
        wanted.resourcesList() && view.exposes(Feature.RESOURCES),
        resources.keySet());
  }

  private static Interests wanted(JsonObject params) throws RefusedMessage {
    if (!(params.member("notifications").orElse(null) instanceof JsonObject filter)) {
      throw invalid("`params.notifications` is not an object: write {\"toolsListChanged\": true}");
    }
    var uris = new LinkedHashSet<String>();
    List<JsonValue> listed =
        filter.member("resourceSubscriptions").orElse(null) instanceof JsonArray array
            ? array.elements()
            : List.of();
    for (JsonValue uri : listed) {
      if (!(uri instanceof JsonString text) || listed.size() > MOST_RESOURCES) {
        throw invalid(
            "`params.notifications.resourceSubscriptions` cannot be used: write at most "
                + MOST_RESOURCES
                + " URIs");
      }
      uris.add(text.value());
    }
    return new Interests(
        is(filter, "toolsListChanged"),
        is(filter, "promptsListChanged"),
        is(filter, "resourcesListChanged"),
        uris);
  }

  private static boolean is(JsonObject filter, String name) {
    return filter.member(name).orElse(null) instanceof JsonBoolean flag && flag.value();
  }

  private static ObjectNode acknowledged(RequestId id, Interests honoured) {
    ObjectNode params = JSON.objectNode();
    ObjectNode notifications = params.putObject("notifications");
    putIf(notifications, "toolsListChanged", honoured.toolsList());
    putIf(notifications, "promptsListChanged", honoured.promptsList());
    putIf(notifications, "resourcesListChanged", honoured.resourcesList());
    if (!honoured.resources().isEmpty()) {
      ArrayNode uris = notifications.putArray("resourceSubscriptions");
      new TreeSet<>(honoured.resources()).forEach(uris::add);
    }
    return tagged(ClientCaller.message("notifications/subscriptions/acknowledged", params), id);
  }

  private static void putIf(ObjectNode object, String name, boolean value) {
    if (value) {
      object.put(name, true);
    }
  }

  private static ObjectNode tagged(ObjectNode message, RequestId id) {
    message.withObjectProperty("params").withObjectProperty("_meta").set(SUBSCRIPTION, id.json());
    return message;
  }

  private static RefusedMessage invalid(String message) {
    return RefusedMessage.of(new RpcError(200, RpcError.INVALID_PARAMS, message, Optional.empty()));
  }
}
