package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A model server that does what the last message of a request says: `{"say": text, "calls":
/// [{"name", "arguments"}], "items": [output items], "status": n, "hold": true}`; anything else it
/// repeats.
public final class ObedientModel implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final Queue<ObjectNode> received = new ConcurrentLinkedQueue<>();
  private final Queue<String> traces = new ConcurrentLinkedQueue<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger holding = new AtomicInteger();
  private final AtomicInteger broken = new AtomicInteger();

  public ObedientModel() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/chat/completions", exchange -> handle(exchange, this::chat));
    server.createContext("/v1/responses", exchange -> handle(exchange, this::responses));
    server.createContext("/v1/embeddings", exchange -> handle(exchange, this::embeddings));
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  /// What was asked, oldest first.
  List<ObjectNode> received() {
    return List.copyOf(received);
  }

  /// The `traceparent` of each request, empty without one.
  List<String> traces() {
    return List.copyOf(traces);
  }

  /// How many answers are held back now.
  int holding() {
    return holding.get();
  }

  /// How many held answers could not be given any more.
  int broken() {
    return broken.get();
  }

  private interface Answering {
    void answer(ObjectNode request, HttpExchange exchange) throws IOException;
  }

  private void handle(HttpExchange exchange, Answering answering) throws IOException {
    try (exchange) {
      var request = (ObjectNode) JSON.readTree(exchange.getRequestBody());
      received.add(request);
      traces.add(exchange.getRequestHeaders().getOrDefault("traceparent", List.of("")).getFirst());
      answering.answer(request, exchange);
    }
  }

  private static JsonNode orders(String text) {
    try {
      return text.startsWith("{") ? JSON.readTree(text) : JSON.createObjectNode().put("say", text);
    } catch (IOException e) {
      return JSON.createObjectNode().put("say", text);
    }
  }

  private void chat(ObjectNode request, HttpExchange exchange) throws IOException {
    JsonNode messages = request.path("messages");
    JsonNode orders = orders(messages.path(messages.size() - 1).path("content").asText());
    if (orders.has("status")) {
      json(
          exchange,
          orders.path("status").asInt(),
          "{\"error\":{\"message\":\"upstream says no\"}}");
      return;
    }
    if (request.path("stream").asBoolean()) {
      chatStream(orders, exchange);
      return;
    }
    if (orders.path("hold").asBoolean()) {
      hold(exchange);
    }
    ObjectNode answer = JSON.createObjectNode().put("id", "c1").put("object", "chat.completion");
    answer.put("created", 1).put("model", request.path("model").asText());
    answer.put("provider_metadata", "inside");
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    message.put("content", orders.path("say").asText());
    calls(orders, message, false);
    choice.put("finish_reason", orders.has("calls") ? "tool_calls" : "stop");
    answer.putObject("usage").put("prompt_tokens", 3).put("completion_tokens", 5);
    json(exchange, 200, answer.toString());
  }

  private static void calls(JsonNode orders, ObjectNode message, boolean indexed) {
    if (!orders.has("calls")) {
      return;
    }
    ArrayNode calls = message.putArray("tool_calls");
    for (JsonNode order : orders.path("calls")) {
      ObjectNode call = calls.addObject();
      if (indexed) {
        call.put("index", calls.size() - 1);
      }
      call.put("id", "call-" + calls.size()).put("type", "function");
      call.putObject("function")
          .put("name", order.path("name").asText())
          .put("arguments", order.path("arguments").toString());
    }
  }

  private void chatStream(JsonNode orders, HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    ObjectNode delta = JSON.createObjectNode().put("role", "assistant").put("content", "");
    event(out, delta, null);
    for (String word : orders.path("say").asText().splitWithDelimiters(" ", 0)) {
      event(out, JSON.createObjectNode().put("content", word), null);
    }
    if (orders.path("hold").asBoolean()) {
      hold(exchange);
    }
    ObjectNode calls = JSON.createObjectNode();
    calls(orders, calls, true);
    if (!calls.isEmpty()) {
      event(out, calls, null);
    }
    event(out, JSON.createObjectNode(), orders.has("calls") ? "tool_calls" : "stop");
    out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
  }

  private static void event(OutputStream out, ObjectNode delta, @Nullable String finish)
      throws IOException {
    ObjectNode chunk = JSON.createObjectNode().put("id", "c1");
    chunk.put("object", "chat.completion.chunk").put("created", 1).put("model", "inside");
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.put("finish_reason", finish);
    out.write(("data: " + chunk + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /// Waits until the test releases all, or the one who asked hangs up.
  private void hold(HttpExchange exchange) throws IOException {
    holding.incrementAndGet();
    try {
      boolean _ = released.await(3, TimeUnit.MINUTES);
      if (exchange.getResponseCode() == 200) {
        exchange.getResponseBody().write("\n".getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      broken.incrementAndGet();
      throw e;
    } finally {
      holding.decrementAndGet();
    }
  }

  void release() {
    released.countDown();
  }

  private void responses(ObjectNode request, HttpExchange exchange) throws IOException {
    JsonNode input = request.path("input");
    JsonNode orders =
        orders(
            input.isTextual()
                ? input.asText()
                : input.path(input.size() - 1).path("content").asText());
    ObjectNode answer = JSON.createObjectNode().put("id", "resp_1").put("object", "response");
    answer.put("status", "completed").put("model", "inside");
    ArrayNode output = answer.putArray("output");
    if (orders.has("say")) {
      ObjectNode message = output.addObject().put("type", "message").put("id", "msg_1");
      message.put("role", "assistant").put("status", "completed");
      ObjectNode part = message.putArray("content").addObject().put("type", "output_text");
      part.put("text", orders.path("say").asText()).putArray("annotations");
    }
    for (JsonNode order : orders.path("calls")) {
      output
          .addObject()
          .put("type", "function_call")
          .put("id", "fc_" + output.size())
          .put("call_id", "call-" + output.size())
          .put("name", order.path("name").asText())
          .put("arguments", order.path("arguments").toString())
          .put("status", "completed");
    }
    orders.path("items").forEach(output::add);
    json(exchange, 200, answer.toString());
  }

  private void embeddings(ObjectNode request, HttpExchange exchange) throws IOException {
    json(
        exchange,
        200,
        "{\"object\":\"list\",\"inside\":1,\"data\":[{\"object\":\"embedding\",\"index\":0,"
            + "\"embedding\":[0.10000000149011612, 1E-7]}],\"model\":\"inside\","
            + "\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}");
  }

  private static void json(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    released.countDown();
    server.stop(0);
  }
}
