package dev.interceptor.server.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a client gets of a stream, each event as it is when it leaves.
final class SentEvents implements AnswerFilter.Sink {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final List<ObjectNode> events = new ArrayList<>();
  int passed;

  /// Gives a whole stream to the filter.
  static SentEvents of(AnswerFilter filter, List<ObjectNode> events) throws IOException {
    var sent = new SentEvents();
    for (ObjectNode event : events) {
      filter.take(event.deepCopy(), sent);
    }
    filter.end(sent);
    return sent;
  }

  @Override
  public void send(ObjectNode event) {
    events.add(event.deepCopy());
  }

  @Override
  public void pass(ObjectNode event) {
    passed++;
    events.add(event.deepCopy());
  }

  List<String> types() {
    return events.stream().map(event -> event.path("type").asText()).toList();
  }

  /// The joined `delta` of all events of a type.
  String deltas(String type) {
    var joined = new StringBuilder();
    for (ObjectNode event : events) {
      if (event.path("type").asText().equals(type)) {
        joined.append(event.path("delta").asText());
      }
    }
    return joined.toString();
  }

  ObjectNode last() {
    return events.getLast();
  }

  String text() {
    return events.toString();
  }

  /// @param json with ' for "
  static ObjectNode json(String json) {
    try {
      JsonNode node = MAPPER.readTree(json.replace('\'', '"'));
      return (ObjectNode) node;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
