package dev.interceptor.server.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.ToolClass;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// A stored session state as one line of JSON. Equal states give equal text, so the text itself is
/// what a write compares before it replaces.
final class SessionCodec {
  private static final JsonFactory JSON = new JsonFactory();

  private SessionCodec() {}

  /// A state as it is stored.
  ///
  /// @param epoch the `run_id` of the Redis process that the state was written to, or checked
  ///   against the log in
  /// @param lineage random, chosen whenever the state is built anew: two states of one lineage are
  ///   one history
  record Stored(String epoch, String lineage, SessionState state) {}

  static String encode(Stored stored) {
    var out = new StringWriter(256);
    SessionState state = stored.state();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("e", stored.epoch());
      json.writeStringField("i", stored.lineage());
      json.writeNumberField("v", state.version());
      json.writeStringField("p", state.policy());
      json.writeNumberField("n", state.position());
      strings(json, "l", state.labels().stream().map(Label::value).toList());
      strings(json, "t", state.tools());
      strings(json, "c", state.classes().stream().map(ToolClass::value).toList());
      json.writeObjectFieldStart("s");
      for (Map.Entry<String, List<Long>> sequence : new TreeMap<>(state.progress()).entrySet()) {
        json.writeArrayFieldStart(sequence.getKey());
        for (long start : sequence.getValue()) {
          json.writeNumber(start);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
      if (!state.counters().isEmpty()) {
        json.writeObjectFieldStart("u");
        for (Map.Entry<String, Long> counter : new TreeMap<>(state.counters()).entrySet()) {
          json.writeNumberField(counter.getKey(), counter.getValue());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to a string cannot fail", e);
    }
    return out.toString();
  }

  private static void strings(JsonGenerator json, String field, Iterable<String> values)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  /// @throws IllegalArgumentException if the text is not what `encode` writes
  static Stored decode(String text) {
    var read = new Reading();
    try (JsonParser json = JSON.createParser(text)) {
      expect(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        read.field(json, field);
      }
      expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
    } catch (IOException e) {
      throw new IllegalArgumentException("stored session state is not readable", e);
    }
    return read.stored();
  }

  private static void expect(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("stored session state is not readable");
    }
  }

  private static final class Reading {
    private String epoch = "";
    private String lineage = "";
    private long version = -1;
    private String policy = "";
    private long position;
    private final TreeSet<Label> labels = new TreeSet<>();
    private final TreeSet<String> tools = new TreeSet<>();
    private final TreeSet<ToolClass> classes = new TreeSet<>();
    private final Map<String, List<Long>> progress = new TreeMap<>();
    private final Map<String, Long> counters = new TreeMap<>();

    void field(JsonParser json, String field) throws IOException {
      switch (field) {
        case "e" -> epoch = json.getText();
        case "i" -> lineage = json.getText();
        case "v" -> version = json.getLongValue();
        case "p" -> policy = json.getText();
        case "n" -> position = json.getLongValue();
        case "l" -> strings(json).forEach(tag -> labels.add(new Label(tag)));
        case "t" -> tools.addAll(strings(json));
        case "c" -> strings(json).forEach(name -> classes.add(new ToolClass(name)));
        case "s" -> {
          expect(json.currentToken() == JsonToken.START_OBJECT);
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String sequence = json.currentName();
            json.nextToken();
            progress.put(sequence, longs(json));
          }
        }
        case "u" -> {
          expect(json.currentToken() == JsonToken.START_OBJECT);
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String counter = json.currentName();
            json.nextToken();
            counters.put(counter, json.getLongValue());
          }
        }
        default -> expect(false);
      }
    }

    private static List<String> strings(JsonParser json) throws IOException {
      expect(json.currentToken() == JsonToken.START_ARRAY);
      var values = new ArrayList<String>();
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        values.add(json.getText());
      }
      return values;
    }

    private static List<Long> longs(JsonParser json) throws IOException {
      expect(json.currentToken() == JsonToken.START_ARRAY);
      var values = new ArrayList<Long>();
      while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        values.add(json.getLongValue());
      }
      return values;
    }

    Stored stored() {
      expect(version >= 0);
      return new Stored(
          epoch,
          lineage,
          new SessionState(version, policy, position, labels, tools, classes, progress, counters));
    }
  }
}
