package dev.interceptor.server.chat;

import static dev.interceptor.server.chat.SentEvents.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.chat.CallGate.Kind;
import dev.interceptor.server.chat.CallGate.ProposedCall;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.guard.Detectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OllamaAnswersTest {
  private static final AnswerRedaction NOTHING =
      new AnswerRedaction(Detectors.standard(), Set.of());
  private static final AnswerRedaction REDACTION =
      new AnswerRedaction(Detectors.standard(), Set.of(Detection.SECRETS, Detection.PII));
  private static final String READ =
      "{'function':{'index':1,'name':'read','arguments':{'path':'a'}}}";
  private static final String WIRE =
      "{'id':'call_w','function':{'index':0,'name':'wire','arguments':{'to':'x'}}}";
  private static final ObjectNode DONE =
      json(
          "{'model':'m','message':{'role':'assistant','content':''},'done':true,'done_reason':"
              + "'stop','eval_count':5}");
  private static final String[] WORDS = {
    "The ",
    "answer\n",
    "ann.example@mail.example.com ",
    "AKIAIOSFODNN7EXAMPLE ",
    "\ud83d\ude00 ",
    "x"
  };

  private final ScriptedGate gate = ScriptedGate.withholding("wire");
  private final OllamaAnswers answers = new OllamaAnswers(gate, NOTHING);

  @Test
  void linesPassAsTheyCame() throws IOException {
    List<ObjectNode> lines = List.of(content("Hello "), content("there"), DONE);
    SentEvents sent = SentEvents.of(answers, lines);
    assertThat(sent.events).isEqualTo(lines);
    assertThat(sent.passed).isEqualTo(3);
  }

  @Test
  void ofTwoCallsTheOneIsKeptAndCountedFromZero() throws IOException {
    SentEvents sent = SentEvents.of(answers, List.of(calls(WIRE, READ), DONE));
    assertThat(sent.text()).doesNotContain("wire", "call_w");
    assertThat(sent.events.getFirst().at("/message/tool_calls"))
        .isEqualTo(calls(READ.replace("'index':1", "'index':0")).at("/message/tool_calls"));
    assertThat(sent.last()).isEqualTo(DONE);
    assertThat(gate.asked)
        .containsExactly(
            new ProposedCall(Kind.FUNCTION, "call_w", "wire", json("{'to':'x'}").toString()),
            new ProposedCall(Kind.FUNCTION, "", "read", json("{'path':'a'}").toString()));
  }

  @Test
  void whereAllCallsAreWithheldTheTextSaysSo() throws IOException {
    SentEvents sent = SentEvents.of(answers, List.of(calls(WIRE), DONE));
    assertThat(sent.events).hasSize(1);
    assertThat(sent.last().at("/message/content").asText()).isEqualTo("Call 1 was not permitted.");
    assertThat(sent.last().path("done_reason").asText()).isEqualTo("stop");
    assertThat(sent.last().path("eval_count").asInt()).isEqualTo(5);
  }

  @Test
  void aWholeAnswerLosesWhatIsWithheld() {
    ObjectNode answer = calls(WIRE).put("done", true).put("done_reason", "tool_calls");
    ((ObjectNode) answer.path("message")).put("content", "Wiring.");
    ObjectNode seen = answers.whole(answer);
    assertThat(seen.path("message").has("tool_calls")).isFalse();
    assertThat(seen.at("/message/content").asText())
        .isEqualTo("Wiring.\n\nCall 1 was not permitted.");
    assertThat(seen.path("done_reason").asText()).isEqualTo("stop");
  }

  @Test
  void argumentsAreRedactedByValueAndStayAnObject() {
    ObjectNode answer =
        new OllamaAnswers(gate, REDACTION)
            .whole(calls(READ.replace("'a'", "'ann@mail.example.com'")));
    assertThat(answer.at("/message/tool_calls/0/function/arguments"))
        .isEqualTo(json("{'path':'[PII_REDACTED]'}"));
    assertThat(gate.asked.getFirst().arguments())
        .isEqualTo(json("{'path':'[PII_REDACTED]'}").toString());
  }

  @Test
  void aCallWithoutAnIdHasItsTokenUnderItsPlace() {
    var filter = new OllamaAnswers(ScriptedGate.givingTokens("wire"), NOTHING);
    assertThat(filter.whole(calls(WIRE, READ)).path("interceptor"))
        .isEqualTo(json("{'tool_tokens':{'0':'token of '}}"));
  }

  @Test
  void anErrorLineEndsTheStream() throws IOException {
    SentEvents sent = SentEvents.of(answers, List.of(content("Hel"), json("{'error':'gone'}")));
    assertThat(sent.last()).isEqualTo(json("{'error':'gone'}"));
  }

  @Test
  void aCutStreamIsAnError() {
    assertThatThrownBy(() -> SentEvents.of(answers, List.of(content("Hel"))))
        .isInstanceOf(ModelProtocolException.class);
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aStreamTellsWhatTheWholeAnswerTells(long seed) throws IOException {
    var random = new Random(seed);
    String text = text(random);
    String thoughts = text(random);
    ObjectNode whole = DONE.deepCopy();
    ObjectNode message = (ObjectNode) whole.path("message");
    message.put("content", text).put("thinking", thoughts);
    List<ObjectNode> lines = new ArrayList<>();
    for (String piece : pieces(thoughts, random)) {
      ObjectNode line = content("");
      ((ObjectNode) line.path("message")).put("thinking", piece);
      lines.add(line);
    }
    for (String piece : pieces(text, random)) {
      lines.add(content(piece));
    }
    if (random.nextBoolean()) {
      String[] made = random.nextBoolean() ? new String[] {WIRE} : new String[] {WIRE, READ};
      lines.add(random.nextInt(lines.size() + 1), calls(made));
      message.set("tool_calls", calls(made).at("/message/tool_calls"));
    }
    lines.add(DONE);
    ObjectNode seen = new OllamaAnswers(ScriptedGate.withholding("wire"), REDACTION).whole(whole);
    SentEvents sent =
        SentEvents.of(new OllamaAnswers(ScriptedGate.withholding("wire"), REDACTION), lines);
    assertThat(joined(sent, "content")).isEqualTo(seen.at("/message/content").asText());
    assertThat(joined(sent, "thinking")).isEqualTo(seen.at("/message/thinking").asText());
    assertThat(sent.text()).doesNotContain("wire", "call_w");
  }

  private static String joined(SentEvents sent, String member) {
    var joined = new StringBuilder();
    sent.events.forEach(line -> joined.append(line.path("message").path(member).asText("")));
    return joined.toString();
  }

  private static List<String> pieces(String text, Random random) {
    List<String> pieces = new ArrayList<>();
    for (int start = 0; start < text.length(); ) {
      int end = Math.min(text.length(), start + 1 + random.nextInt(6));
      pieces.add(text.substring(start, end));
      start = end;
    }
    return pieces;
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    int words = random.nextInt(9);
    for (int i = 0; i < words; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  private static ObjectNode content(String text) {
    ObjectNode line = json("{'model':'m','message':{'role':'assistant'},'done':false}");
    ((ObjectNode) line.path("message")).put("content", text);
    return line;
  }

  private static ObjectNode calls(String... calls) {
    return json(
        "{'model':'m','message':{'role':'assistant','content':'','tool_calls':["
            + String.join(",", calls)
            + "]},'done':false}");
  }
}
