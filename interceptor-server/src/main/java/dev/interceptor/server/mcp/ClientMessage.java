package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A JSON-RPC message from a client. Absent `params` are empty ones; members that JSON-RPC does not
/// define are left behind.
sealed interface ClientMessage {
  int LONGEST_METHOD = 128;
  int LARGEST_BATCH = 50;

  /// Wants an answer.
  record Request(RequestId id, String method, JsonObject params) implements ClientMessage {}

  /// Wants none.
  record Notification(String method, JsonObject params) implements ClientMessage {}

  /// Answers a request of ours: with exactly one of the two.
  record Response(RequestId id, Optional<JsonObject> result, Optional<JsonObject> error)
      implements ClientMessage {}

  /// Several at once, as only MCP 2025-03-26 has them: 1 to 50, no two requests with one id, no
  /// `initialize`, no batch.
  record Batch(List<ClientMessage> messages) implements ClientMessage {
    public Batch {
      messages = List.copyOf(messages);
    }
  }

  /// @throws RefusedMessage with the code -32700 for text that is not JSON, -32600 for JSON that is
  ///   no message
  static ClientMessage parse(byte[] body, JsonLimits limits) throws RefusedMessage {
    JsonValue json;
    try {
      json = StrictJson.parse(body, limits);
    } catch (MalformedJsonException e) {
      throw RefusedMessage.of(RpcError.parse("the body is not acceptable JSON: " + e.getMessage()));
    }
    return switch (json) {
      case JsonObject object -> message(object);
      case JsonArray array -> batch(array);
      default ->
          throw RefusedMessage.of(
              RpcError.invalidRequest("the body is not a JSON-RPC message: write an object"));
    };
  }

  private static Batch batch(JsonArray array) throws RefusedMessage {
    int size = array.elements().size();
    if (size == 0 || size > LARGEST_BATCH) {
      throw RefusedMessage.of(
          RpcError.invalidRequest("a batch has 1 to " + LARGEST_BATCH + " messages"));
    }
    List<ClientMessage> messages = new ArrayList<>(size);
    Set<RequestId> ids = new HashSet<>();
    for (JsonValue element : array.elements()) {
      if (!(element instanceof JsonObject object)) {
        throw RefusedMessage.of(
            RpcError.invalidRequest("an element of the batch is not a JSON-RPC message"));
      }
      ClientMessage message = inBatch(object);
      if (message instanceof Request request && !ids.add(request.id())) {
        throw RefusedMessage.of(RpcError.invalidRequest("two requests of the batch have one `id`"));
      }
      messages.add(message);
    }
    return new Batch(messages);
  }

  /// A fault of one element refuses the batch, so its answer carries no id.
  private static ClientMessage inBatch(JsonObject object) throws RefusedMessage {
    ClientMessage message;
    try {
      message = message(object);
    } catch (RefusedMessage refused) {
      throw RefusedMessage.of(refused.error());
    }
    if (message instanceof Request request && request.method().equals("initialize")) {
      throw RefusedMessage.of(
          RpcError.invalidRequest("`initialize` stands in a batch: send it alone"));
    }
    return message;
  }

  private static ClientMessage message(JsonObject object) throws RefusedMessage {
    Optional<JsonValue> idMember = object.member("id");
    Optional<RequestId> id = idMember.flatMap(TextOrInteger::of).map(RequestId::new);
    try {
      if (!object.member("jsonrpc").equals(Optional.of(new JsonString("2.0")))) {
        throw refused("`jsonrpc` is not \"2.0\": write \"jsonrpc\": \"2.0\"");
      }
      if (idMember.isPresent() && id.isEmpty()) {
        throw refused("`id` cannot be used: write " + TextOrInteger.RULE);
      }
      return object.member("method").isPresent()
          ? call(object, id)
          : response(object, id.orElseThrow(() -> refused("`method` is missing: write its name")));
    } catch (RefusedMessage refused) {
      throw id.map(refused::to).orElse(refused);
    }
  }

  private static ClientMessage call(JsonObject object, Optional<RequestId> id)
      throws RefusedMessage {
    if (object.member("result").isPresent() || object.member("error").isPresent()) {
      throw refused("`method` stands beside `result` or `error`: write a request or a response");
    }
    String method =
        object
            .member("method")
            .filter(JsonString.class::isInstance)
            .map(value -> ((JsonString) value).value())
            .filter(name -> !name.isEmpty() && name.length() <= LONGEST_METHOD)
            .orElseThrow(() ->
                refused(
                    "`method` cannot be used: write a string of 1 to "
                        + LONGEST_METHOD
                        + " characters"));
    JsonObject params = member(object, "params").orElse(JsonObject.EMPTY);
    return id.<ClientMessage>map(known -> new Request(known, method, params))
        .orElseGet(() -> new Notification(method, params));
  }

  private static Response response(JsonObject object, RequestId id) throws RefusedMessage {
    Optional<JsonObject> result = member(object, "result");
    Optional<JsonObject> error = member(object, "error");
    if (result.isPresent() == error.isPresent()) {
      throw refused(
          "neither a request nor a response: write `method`, or one of `result` and `error`");
    }
    return new Response(id, result, error);
  }

  private static Optional<JsonObject> member(JsonObject object, String name) throws RefusedMessage {
    Optional<JsonValue> member = object.member(name);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    if (member.get() instanceof JsonObject value) {
      return Optional.of(value);
    }
    throw refused("`" + name + "` is not an object: write {…}");
  }

  private static RefusedMessage refused(String message) {
    return RefusedMessage.of(RpcError.invalidRequest(message));
  }
}
