package dev.interceptor.server.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.chat.CallGate.Verdict;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.guard.Detectors;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a client puts together from a stream is what it would have got in one piece.
final class ChatStreamTest {
  private static final AnswerRedaction REDACTION =
      new AnswerRedaction(Detectors.standard(), EnumSet.of(Detection.SECRETS, Detection.PII));
  private static final String MARK = "zzMARKzz";
  private static final String SECRET = "AKIAIOSFODNN7QWERTZA";
  private static final String[] WORDS = {
    "the ",
    "answer ",
    "is ",
    "42, ",
    "mail joe@example.com ",
    "key " + "AKIAIOSFODNN7QWERTZA ",
    "password: hunter2!x ",
    "call +49 30 901820 ",
    "grüße 😀 ",
    "\n",
    "(one) ",
    "信用卡。",
    "no-blank"
  };

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  private static ObjectNode answer(Random random) {
    ObjectNode answer =
        SentEvents.json("{'id':'chatcmpl-1','object':'chat.completion','model':'m'}");
    ArrayNode choices = answer.putArray("choices");
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      ObjectNode choice = choices.addObject().put("index", choices.size() - 1);
      ObjectNode message = choice.putObject("message").put("role", "assistant");
      for (String field : List.of("content", "reasoning_content", "reasoning", "refusal")) {
        String text = field.equals("content") || random.nextInt(4) == 0 ? text(random) : "";
        if (!text.isEmpty()) {
          message.put(field, text);
        }
      }
      boolean calls = random.nextInt(3) > 0;
      if (calls && random.nextInt(6) == 0) {
        function(message.putObject("function_call"), random);
        choice.put("finish_reason", "function_call");
      } else if (calls) {
        calls(message.putArray("tool_calls"), random);
        choice.put("finish_reason", random.nextInt(5) == 0 ? "stop" : "tool_calls");
      } else {
        choice.put("finish_reason", random.nextInt(5) == 0 ? "length" : "stop");
      }
    }
    return answer;
  }

  private static void calls(ArrayNode calls, Random random) {
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      ObjectNode call = calls.addObject().put("id", "call_" + random.nextInt(1_000_000));
      boolean custom = random.nextInt(5) == 0;
      call.put("type", custom ? "custom" : "function");
      ObjectNode inner = call.putObject(custom ? "custom" : "function");
      if (custom) {
        inner.put("name", name(random)).put("input", arguments(random, inner));
      } else {
        function(inner, random);
      }
    }
  }

  private static String name(Random random) {
    return random.nextBoolean() ? "denied_" + MARK : "allowed_tool";
  }

  private static void function(ObjectNode function, Random random) {
    function.put("name", name(random));
    function.put("arguments", arguments(random, function));
  }

  private static String arguments(Random random, ObjectNode function) {
    String mark = function.path("name").asText().startsWith("denied") ? MARK : "kept";
    return switch (random.nextInt(4)) {
      case 0 -> "{\"q\": \"" + mark + " " + SECRET + "\"}";
      case 1 -> "{ \"q\" : \"" + mark + "\", \"n\": 1.50 }";
      case 2 -> mark + " no json";
      default -> "{}";
    };
  }

  private static CallGate gate() {
    return call ->
        call.name().startsWith("denied_")
            ? new Verdict.Withheld("decision", "A call was not permitted.")
            : new Verdict.Released("decision", Optional.empty());
  }

  static LongStream seeds() {
    return LongStream.range(0, 1000);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aStreamIsAssembledToTheWholeAnswer(long seed) throws IOException {
    Random random = new Random(seed);
    ObjectNode answer = answer(random);
    Map<Integer, ObjectNode> whole =
        ChatClient.ofWhole(
            new ChatAnswers(gate(), REDACTION, EventPieces.SPLIT).whole(answer.deepCopy()));
    for (EventPieces pieces : EventPieces.values()) {
      List<ObjectNode> chunks = RecordedChat.streamed(answer, random);
      SentEvents sent = SentEvents.of(new ChatAnswers(gate(), REDACTION, pieces), chunks);
      assertThat(ChatClient.assembled(sent.events)).isEqualTo(whole);
      assertThat(sent.text()).doesNotContain(MARK).doesNotContain(SECRET);
    }
  }
}
