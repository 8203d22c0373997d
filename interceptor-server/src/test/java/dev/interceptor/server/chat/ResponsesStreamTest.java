package dev.interceptor.server.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.guard.Detectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Generated answers, cut at random, against the same answers as a whole.
class ResponsesStreamTest {
  private static final AnswerRedaction REDACTION =
      new AnswerRedaction(Detectors.standard(), Set.of(Detection.SECRETS, Detection.PII));
  private static final String[] WORDS = {
    "The ",
    "answer ",
    "is ",
    "here:\n",
    "ann.example@mail.example.com ",
    "AKIAIOSFODNN7EXAMPLE ",
    "4111 1111 1111 1111 ",
    "caf\u00e9 ",
    "\ud83d\ude00 ",
    "x",
    ". ",
    "(",
    "DE89370400440532013000 "
  };
  private static final String[] PROSE = {
    "The ", "answer ", "is ", "here:\n", "caf\u00e9 ", "\ud83d\ude00 ", "x", ". ", "(", "12 "
  };
  private static final int PER_SEED = 20;

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aStreamTellsWhatTheWholeAnswerTells(long seed) throws IOException {
    for (int i = 0; i < PER_SEED; i++) {
      var random = new Random(seed * PER_SEED + i);
      ObjectNode answer = answer(random, WORDS);
      List<ObjectNode> events = RecordedResponse.streamed(answer, random);
      ObjectNode whole = filter(EventPieces.SPLIT).whole(answer.deepCopy());
      for (EventPieces pieces : EventPieces.values()) {
        SentEvents sent = SentEvents.of(filter(pieces), events);
        assertThat(sent.last().path("response")).isEqualTo(whole);
        assertThat(sent.text()).doesNotContain("WITHHELD", "forbidden");
        assertNumbered(sent);
        assertCopiesAreAlike(sent, whole.path("output"));
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whereNothingIsFoundWholeEventsLeaveAsTheyCame(long seed) throws IOException {
    assertPasses(new Random(seed), WORDS, new AnswerRedaction(Detectors.standard(), Set.of()));
    assertPasses(new Random(seed), PROSE, REDACTION);
  }

  private static void assertPasses(Random random, String[] words, AnswerRedaction redaction)
      throws IOException {
    List<ObjectNode> events = RecordedResponse.streamed(answer(random, words), random);
    var filter = new ResponsesAnswers(ScriptedGate.withholding(), redaction, EventPieces.WHOLE);
    SentEvents sent = SentEvents.of(filter, events);
    assertThat(sent.events).isEqualTo(events);
    assertThat(sent.passed).isEqualTo(events.size());
  }

  private static ResponsesAnswers filter(EventPieces pieces) {
    return new ResponsesAnswers(
        ScriptedGate.withholding("forbidden", "box.forbidden"), REDACTION, pieces);
  }

  private static void assertNumbered(SentEvents sent) {
    int index = 0;
    for (int i = 0; i < sent.events.size(); i++) {
      ObjectNode event = sent.events.get(i);
      assertThat(event.path("sequence_number").asInt(-1)).isEqualTo(i);
      if (event.path("type").asText().equals("response.output_item.added")) {
        assertThat(event.path("output_index").asInt(-1)).isEqualTo(index++);
      }
    }
  }

  /// Joins the deltas as a client does and looks for each text in the events that repeat it.
  private static void assertCopiesAreAlike(SentEvents sent, JsonNode output) {
    Map<String, StringBuilder> joined = new HashMap<>();
    for (ObjectNode event : sent.events) {
      String type = event.path("type").asText();
      String place =
          event.path("output_index").asText()
              + '/'
              + event.path("content_index").asText()
              + event.path("summary_index").asText();
      String kind = type.substring(0, Math.max(0, type.lastIndexOf('.')));
      StringBuilder text = joined.computeIfAbsent(kind + place, _ -> new StringBuilder());
      if (type.endsWith(".delta")) {
        text.append(event.path("delta").asText());
      } else if (type.endsWith("item.done")) {
        assertThat(event.path("item")).isEqualTo(output.get(event.path("output_index").asInt()));
      } else if (type.endsWith("part.done")) {
        assertThat(event.path("part")).isEqualTo(part(output, event));
      } else if (type.endsWith(".done")) {
        for (String member : List.of("text", "refusal", "arguments", "input", "code")) {
          if (event.has(member)) {
            assertThat(text.toString()).isEqualTo(event.path(member).asText());
            assertThat(inOutput(output, event, member)).isEqualTo(event.path(member).asText());
          }
        }
      }
    }
  }

  private static JsonNode part(JsonNode output, ObjectNode event) {
    JsonNode item = output.get(event.path("output_index").asInt());
    return event.has("summary_index")
        ? item.path("summary").path(event.path("summary_index").asInt())
        : item.path("content").path(event.path("content_index").asInt());
  }

  private static String inOutput(JsonNode output, ObjectNode event, String member) {
    boolean isPart = event.has("content_index") || event.has("summary_index");
    JsonNode holder = isPart ? part(output, event) : output.get(event.path("output_index").asInt());
    return holder.path(member).asText();
  }

  private static ObjectNode answer(Random random, String[] words) {
    ObjectNode answer =
        SentEvents.json("{'id':'resp_1','object':'response','status':'completed','model':'m'}");
    var output = answer.putArray("output");
    List<ObjectNode> items = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      items.add(item(random, i, words));
    }
    output.addAll(items);
    return answer;
  }

  private static ObjectNode item(Random random, int at, String[] words) {
    ObjectNode item = SentEvents.json("{'status':'completed'}").put("id", "item_" + at);
    switch (random.nextInt(7)) {
      case 0, 1 -> {
        item.put("type", "message").put("role", "assistant");
        var content = item.putArray("content");
        int parts = 1 + random.nextInt(3);
        for (int i = 0; i < parts; i++) {
          if (random.nextInt(5) == 0) {
            content.addObject().put("type", "refusal").put("refusal", text(random, words));
          } else {
            var part =
                content.addObject().put("type", "output_text").put("text", text(random, words));
            part.putArray("annotations");
            part.putArray("logprobs");
          }
        }
      }
      case 2 -> {
        item.put("type", "reasoning");
        item.putArray("summary")
            .addObject()
            .put("type", "summary_text")
            .put("text", text(random, words));
        item.putArray("content")
            .addObject()
            .put("type", "reasoning_text")
            .put("text", text(random, words));
      }
      case 3, 4 -> {
        boolean forbidden = random.nextBoolean();
        item.put("type", "function_call").put("call_id", (forbidden ? "WITHHELD" : "call_") + at);
        item.put("id", (forbidden ? "WITHHELD_" : "item_") + at);
        item.put("name", forbidden ? "forbidden" : "lookup");
        ObjectNode arguments = SentEvents.json("{}").put("q", text(random, words));
        arguments.put(forbidden ? "WITHHELD" : "a", random.nextInt());
        item.put("arguments", arguments.toString());
        if (forbidden && random.nextBoolean()) {
          item.put("namespace", "box");
        }
      }
      case 5 -> {
        boolean forbidden = random.nextBoolean();
        item.put("type", "custom_tool_call").put("call_id", (forbidden ? "WITHHELD" : "c_") + at);
        item.put("id", (forbidden ? "WITHHELD_" : "item_") + at);
        item.put("name", forbidden ? "forbidden" : "lookup");
        item.put("input", (forbidden ? "WITHHELD " : "") + text(random, words));
      }
      default -> {
        item.put("type", "mcp_call").put("name", "far").put("server_label", "s");
        item.put("arguments", text(random, words)).put("output", text(random, words));
      }
    }
    return item;
  }

  private static String text(Random random, String[] words) {
    var text = new StringBuilder();
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      text.append(words[random.nextInt(words.length)]);
    }
    return text.toString();
  }
}
