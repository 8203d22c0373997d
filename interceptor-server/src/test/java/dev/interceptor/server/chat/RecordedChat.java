package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// The chunks in which a provider streams a whole chat completion: choices take turns, texts and
/// arguments are cut anywhere, calls come as different servers write them.
final class RecordedChat {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Random random;
  private final List<ObjectNode> events = new ArrayList<>();

  private RecordedChat(Random random) {
    this.random = random;
  }

  /// @param cuts where texts are cut into deltas, and in what order choices come
  static List<ObjectNode> streamed(ObjectNode answer, Random cuts) {
    var recorded = new RecordedChat(cuts);
    recorded.record(answer);
    return recorded.events;
  }

  private void record(ObjectNode answer) {
    List<Deque<ObjectNode>> waiting = new ArrayList<>();
    answer.path("choices").forEach(choice -> waiting.add(deltas(choice)));
    while (waiting.stream().anyMatch(deltas -> !deltas.isEmpty())) {
      Deque<ObjectNode> next = waiting.get(random.nextInt(waiting.size()));
      if (!next.isEmpty()) {
        chunk().putArray("choices").add(next.remove());
      }
    }
    if (random.nextBoolean()) {
      ObjectNode usage = chunk();
      usage.putArray("choices");
      usage.putObject("usage").put("total_tokens", 7);
    }
  }

  private ObjectNode chunk() {
    ObjectNode chunk = NODES.objectNode();
    chunk.put("id", "chatcmpl-1").put("object", "chat.completion.chunk").put("created", 1);
    chunk.put("model", "m");
    events.add(chunk);
    return chunk;
  }

  private Deque<ObjectNode> deltas(JsonNode choice) {
    int index = choice.path("index").asInt();
    JsonNode message = choice.path("message");
    Deque<ObjectNode> deltas = new ArrayDeque<>();
    ObjectNode role = NODES.objectNode().put("role", "assistant");
    deltas.add(choice(index, role));
    for (String field : List.of("reasoning_content", "reasoning", "content", "refusal")) {
      for (String piece : pieces(message.path(field).asText(""), random)) {
        deltas.add(choice(index, NODES.objectNode().put(field, piece)));
      }
    }
    calls(message.path("tool_calls")).forEach(delta -> deltas.add(choice(index, delta)));
    if (message.path("function_call") instanceof ObjectNode call) {
      String name = call.path("name").asText();
      for (String piece : pieces(call.path("arguments").asText(), random)) {
        ObjectNode delta = NODES.objectNode();
        delta.putObject("function_call").put("arguments", piece);
        if (!name.isEmpty()) {
          delta.withObject("/function_call").put("name", name);
        }
        name = "";
        deltas.add(choice(index, delta));
      }
    }
    ObjectNode last =
        random.nextInt(4) == 0 && deltas.size() > 1
            ? deltas.removeLast()
            : choice(index, NODES.objectNode());
    last.set("finish_reason", choice.path("finish_reason"));
    deltas.add(last);
    return deltas;
  }

  private static ObjectNode choice(int index, ObjectNode delta) {
    ObjectNode choice = NODES.objectNode().put("index", index);
    choice.set("delta", delta);
    choice.putNull("finish_reason");
    return choice;
  }

  /// Calls one after the other or interleaved, each in pieces or whole.
  private List<ObjectNode> calls(JsonNode calls) {
    List<Deque<ObjectNode>> each = new ArrayList<>();
    int index = 0;
    for (JsonNode call : calls) {
      each.add(call((ObjectNode) call, index++));
    }
    boolean interleaved = random.nextBoolean();
    List<ObjectNode> deltas = new ArrayList<>();
    while (!each.isEmpty()) {
      Deque<ObjectNode> next = each.get(interleaved ? random.nextInt(each.size()) : 0);
      ObjectNode delta = NODES.objectNode();
      delta.putArray("tool_calls").add(next.remove());
      deltas.add(delta);
      each.removeIf(Deque::isEmpty);
    }
    return deltas;
  }

  private Deque<ObjectNode> call(ObjectNode call, int index) {
    Deque<ObjectNode> deltas = new ArrayDeque<>();
    String type = call.path("type").asText();
    String member = type.equals("custom") ? "input" : "arguments";
    List<String> pieces = pieces(call.path(type).path(member).asText(), random);
    boolean repeatsId = random.nextInt(3) == 0;
    boolean whole = random.nextInt(3) == 0;
    ObjectNode first = call.deepCopy().put("index", index);
    first.withObject("/" + type).put(member, whole ? String.join("", pieces) : "");
    deltas.add(first);
    for (String piece : whole ? List.<String>of() : pieces) {
      ObjectNode delta = NODES.objectNode().put("index", index);
      delta.putObject(type).put(member, piece);
      if (repeatsId) {
        delta.set("id", call.path("id"));
      }
      deltas.add(delta);
    }
    return deltas;
  }

  /// A text as it comes in deltas.
  static List<String> pieces(String text, Random random) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = Math.min(text.length(), start + 1 + random.nextInt(7));
      pieces.add(text.substring(start, end));
      start = end;
    }
    return pieces;
  }
}
