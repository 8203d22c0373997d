package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.ToolServer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A request that is decided by policy, as the upstream's tool that it calls.
///
/// @param tool a tool of the server, or the name of a [ProtocolMethod]
record CallRequest(ToolServer server, ToolName tool, Arguments arguments) {
  static final String TOOLS_CALL = "tools/call";

  /// Whether the upstream may ask the client anything.
  boolean mayBeAsked() {
    return !Collections.disjoint(server.exposed(), Feature.QUESTIONS);
  }

  /// The protocol method of that name; empty for all others.
  static Optional<ProtocolMethod> method(String name) {
    return Arrays.stream(ProtocolMethod.values())
        .filter(method -> method.method().equals(name))
        .findFirst();
  }

  /// @param method `tools/call` or the name of a protocol method
  /// @throws RefusedMessage with the code -32602 naming the parameter, as if absent for what this
  ///   view does not have
  static CallRequest of(String method, JsonObject params, View view) throws RefusedMessage {
    if (method.equals(TOOLS_CALL)) {
      return toolCall(params, view);
    }
    ProtocolMethod known = method(method).orElseThrow();
    return switch (known) {
      case RESOURCES_READ, RESOURCES_SUBSCRIBE -> resource(known, params, view);
      case PROMPTS_GET -> prompt(params, view);
      case COMPLETION_COMPLETE -> completion(params, view);
    };
  }

  private static CallRequest toolCall(JsonObject params, View view) throws RefusedMessage {
    String shown = text(params, "name");
    Optional<JsonValue> arguments = present(params, "arguments");
    if (arguments.isPresent() && !(arguments.get() instanceof JsonObject)) {
      throw invalid("`params.arguments` is not an object: write {\"name\": value, …}");
    }
    View.Found found = view.named(shown).orElseThrow(() -> unknown("tool"));
    ToolName tool;
    try {
      tool = new ToolName(found.name());
    } catch (IllegalArgumentException e) {
      throw unknown("tool");
    }
    if (ProtocolMethod.of(tool).isPresent()) {
      throw unknown("tool");
    }
    return new CallRequest(
        found.server(),
        tool,
        arguments.map(value -> Arguments.of((JsonObject) value)).orElseGet(Arguments::none));
  }

  private static CallRequest resource(ProtocolMethod method, JsonObject params, View view)
      throws RefusedMessage {
    View.Found found = exposed(view.resource(text(params, "uri")), method, "resource");
    return about(found.server(), method, found.name());
  }

  /// @param uri of a resource, as its upstream knows it
  static CallRequest about(ToolServer server, ProtocolMethod method, String uri) {
    return call(server, method, Map.of("uri", new JsonString(uri)));
  }

  private static CallRequest prompt(JsonObject params, View view) throws RefusedMessage {
    View.Found found =
        exposed(view.named(text(params, "name")), ProtocolMethod.PROMPTS_GET, "prompt");
    Map<String, JsonValue> arguments = new LinkedHashMap<>();
    arguments.put("name", new JsonString(found.name()));
    Optional<JsonValue> given = present(params, "arguments");
    if (given.isPresent()) {
      if (!(given.get() instanceof JsonObject object)
          || !object.members().values().stream().allMatch(JsonString.class::isInstance)) {
        throw invalid("`params.arguments` is not an object of strings: write {\"name\": \"…\"}");
      }
      arguments.put("arguments", object);
    }
    return call(found.server(), ProtocolMethod.PROMPTS_GET, arguments);
  }

  /// What is completed belongs to a prompt or to a resource template, which says whose it is.
  private static CallRequest completion(JsonObject params, View view) throws RefusedMessage {
    JsonObject ref = object(params, "ref");
    boolean prompt = text(ref, "type").equals("ref/prompt");
    String member = prompt ? "name" : "uri";
    View.Found found =
        exposed(
            prompt ? view.named(text(ref, member)) : view.resource(text(ref, member)),
            ProtocolMethod.COMPLETION_COMPLETE,
            "reference");
    Map<String, JsonValue> inner = new LinkedHashMap<>(ref.members());
    inner.put(member, new JsonString(found.name()));
    Map<String, JsonValue> arguments = new LinkedHashMap<>();
    arguments.put("ref", new JsonObject(inner));
    arguments.put("argument", object(params, "argument"));
    if (present(params, "context").isPresent()) {
      arguments.put("context", object(params, "context"));
    }
    return call(found.server(), ProtocolMethod.COMPLETION_COMPLETE, arguments);
  }

  private static CallRequest call(
      ToolServer server, ProtocolMethod method, Map<String, JsonValue> arguments) {
    return new CallRequest(server, method.toolName(), Arguments.of(new JsonObject(arguments)));
  }

  private static View.Found exposed(Optional<View.Found> found, ProtocolMethod method, String what)
      throws RefusedMessage {
    return found
        .filter(place -> place.server().exposed().contains(Feature.of(method)))
        .orElseThrow(() -> unknown(what));
  }

  private static String text(JsonObject params, String name) throws RefusedMessage {
    return present(params, name)
        .filter(JsonString.class::isInstance)
        .map(value -> ((JsonString) value).value())
        .orElseThrow(() -> invalid("`" + name + "` is missing or not a string"));
  }

  private static JsonObject object(JsonObject params, String name) throws RefusedMessage {
    return present(params, name)
        .filter(JsonObject.class::isInstance)
        .map(JsonObject.class::cast)
        .orElseThrow(() -> invalid("`" + name + "` is missing or not an object"));
  }

  private static Optional<JsonValue> present(JsonObject params, String name) {
    return params.member(name).filter(value -> !(value instanceof JsonNull));
  }

  private static RefusedMessage unknown(String what) {
    return invalid("there is no such " + what + ": write a name from the list");
  }

  /// A good request for something that does not exist: the transport has nothing to complain about.
  private static RefusedMessage invalid(String message) {
    return RefusedMessage.of(new RpcError(200, RpcError.INVALID_PARAMS, message, Optional.empty()));
  }
}
