package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.server.http.Departure;
import dev.interceptor.server.upstream.Caller.Registration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Puts the questions of a modern tool to a legacy client, as requests on the stream of its call,
/// and makes the answers into the continuation of that call.
final class Questions {
  /// A person may have to think.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String ELICITATION = "elicitation/create";

  private static final Duration LATER = Duration.ofMillis(500);
  private static final String PREFIX = "q-";
  private static final int INSTANCE_LENGTH = 16;

  private final UnderWay underWay;
  private final String instance;
  private final Streams streams;

  /// @param instance this instance's name, 16 characters; a question's id tells who waits for its
  ///   answer
  Questions(UnderWay underWay, String instance, Streams streams) {
    this.underWay = underWay;
    this.instance = instance;
    this.streams = streams;
  }

  /// The instance that asked the question of this id; empty for what is no id of a question.
  static Optional<String> instance(RequestId question) {
    return question.value() instanceof TextOrInteger.Text(String id)
            && id.matches(PREFIX + "[0-9a-f]{" + INSTANCE_LENGTH + "}-.*")
        ? Optional.of(id.substring(PREFIX.length(), PREFIX.length() + INSTANCE_LENGTH))
        : Optional.empty();
  }

  /// @param asking `inputRequests` and `requestState` of a tool
  /// @return empty if the client has not answered all in time, could not, or has left
  /// @throws dev.interceptor.server.failure.InterceptorException CONCURRENCY_LIMITED
  Optional<Continuation> ask(
      ObjectNode asking,
      ClientSession session,
      Client client,
      ReplyStream stream,
      Departure departure) {
    JsonNode requests = asking.path("inputRequests");
    JsonNode state = asking.path("requestState");
    Map<String, CompletableFuture<ClientMessage.Response>> asked = new LinkedHashMap<>();
    Runnable stop = () -> asked.values().forEach(question -> question.cancel(false));
    try (Registration _ = streams.place(client.principal().key())) {
      if (requests.isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(LATER.toMillis());
        return continuation(Map.of(), state);
      }
      for (var request : requests.properties()) {
        asked.put(request.getKey(), put(request.getValue(), session, stream));
      }
      try (Registration _ = departure.onLeave(stop);
          Registration _ = stream.loss().onLeave(stop)) {
        return answers(requests, asked)
            .flatMap(answers -> continuation(Map.of("inputResponses", answers), state));
      }
    } catch (TimeoutException | ExecutionException | CancellationException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      stop.run();
    }
  }

  private static Optional<JsonObject> answers(
      JsonNode requests, Map<String, CompletableFuture<ClientMessage.Response>> asked)
      throws TimeoutException, ExecutionException, InterruptedException {
    Map<String, JsonValue> answers = new LinkedHashMap<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (var question : asked.entrySet()) {
      long left = Math.max(0, deadline - System.nanoTime());
      ClientMessage.Response answer = question.getValue().get(left, TimeUnit.NANOSECONDS);
      String kind = requests.path(question.getKey()).path("method").asText("");
      Optional<JsonObject> given = given(answer, kind);
      if (given.isEmpty()) {
        return Optional.empty();
      }
      answers.put(question.getKey(), given.get());
    }
    return Optional.of(new JsonObject(answers));
  }

  private CompletableFuture<ClientMessage.Response> put(
      JsonNode request, ClientSession session, ReplyStream stream) {
    RequestId id =
        new RequestId(new TextOrInteger.Text(PREFIX + instance + "-" + UUID.randomUUID()));
    CompletableFuture<ClientMessage.Response> answer = underWay.question(session.id(), id);
    ObjectNode params =
        request.path("params") instanceof ObjectNode object
            ? object.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    params.remove("_meta");
    ObjectNode message = ClientCaller.message(request.path("method").asText(""), params);
    message.set("id", id.json());
    stream.event(message);
    return answer;
  }

  /// A client that fails to ask its user has, for the tool, a user who turned the question away.
  private static Optional<JsonObject> given(ClientMessage.Response answer, String kind) {
    if (answer.result().isPresent()) {
      return answer.result();
    }
    return kind.equals(ELICITATION)
        ? Optional.of(new JsonObject(Map.of("action", new JsonString("cancel"))))
        : Optional.empty();
  }

  private static Optional<Continuation> continuation(
      Map<String, JsonValue> answers, JsonNode requestState) {
    Map<String, JsonValue> params = new LinkedHashMap<>(answers);
    if (requestState.isTextual()) {
      params.put("requestState", new JsonString(requestState.textValue()));
    }
    return Continuation.of(new JsonObject(params));
  }
}
