package dev.interceptor.server.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.guard.Detectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ChatAnswersTest {
  private static final AnswerRedaction REDACTION =
      new AnswerRedaction(Detectors.standard(), EnumSet.of(Detection.SECRETS, Detection.PII));
  private static final AnswerRedaction NOTHING =
      new AnswerRedaction(Detectors.standard(), EnumSet.noneOf(Detection.class));
  private static final String FINISHED_BY_CALLS =
      "{'index':0,'delta':{},'finish_reason':'tool_calls'}";

  private static ChatAnswers answers(CallGate gate) {
    return new ChatAnswers(gate, REDACTION, EventPieces.SPLIT);
  }

  private static ObjectNode chunk(String choices) {
    return SentEvents.json(
        "{'id':'c1','object':'chat.completion.chunk','created':1,'model':'m','choices':[%s]}"
            .formatted(choices));
  }

  private static ObjectNode delta(String delta) {
    return chunk("{'index':0,'delta':%s,'finish_reason':null}".formatted(delta));
  }

  private static String shown(JsonNode node) {
    return node.toString().replace('"', '\'');
  }

  /// Deltas of one choice that end with calls, and the calls that they make.
  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(
            "in pieces",
            List.of(
                "{'tool_calls':[{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':''}}]}",
                "{'tool_calls':[{'index':0,'function':{'arguments':'{\\'x\\':'}}]}",
                "{'tool_calls':[{'index':0,'function':{'arguments':'1}'}}]}"),
            "a f {'x':1}"),
        Arguments.of(
            "whole, without an index",
            List.of(
                "{'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]}"),
            "a f {}"),
        Arguments.of(
            "id and name repeated, no index",
            List.of(
                "{'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{'}}]}",
                "{'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'}'}}]}"),
            "a f {}"),
        Arguments.of(
            "no index, ids tell calls apart",
            List.of(
                "{'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]}",
                "{'tool_calls':[{'id':'b','type':'function','function':{'name':'g','arguments':'{}'}}]}"),
            "a f {}, b g {}"),
        Arguments.of(
            "one index for two ids",
            List.of(
                "{'tool_calls':[{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]}",
                "{'tool_calls':[{'index':0,'id':'b','type':'function','function':{'name':'g','arguments':'{}'}}]}"),
            "a f {}, b g {}"),
        Arguments.of(
            "interleaved",
            List.of(
                "{'tool_calls':[{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':'{'}}]}",
                "{'tool_calls':[{'index':1,'id':'b','type':'function','function':{'name':'g','arguments':'{'}}]}",
                "{'tool_calls':[{'index':0,'function':{'arguments':'}'}},{'index':1,'function':{'arguments':'}'}}]}"),
            "a f {}, b g {}"),
        Arguments.of(
            "the second first",
            List.of(
                "{'tool_calls':[{'index':1,'id':'b','type':'function','function':{'name':'g','arguments':'{}'}}]}",
                "{'tool_calls':[{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]}"),
            "a f {}, b g {}"),
        Arguments.of(
            "a custom tool",
            List.of(
                "{'tool_calls':[{'index':0,'id':'a','type':'custom','custom':{'name':'f','input':''}}]}",
                "{'tool_calls':[{'index':0,'custom':{'input':'free text'}}]}"),
            "a f free text"),
        Arguments.of(
            "a function of old",
            List.of(
                "{'function_call':{'name':'f','arguments':''}}",
                "{'function_call':{'arguments':'{}'}}"),
            " f {}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void callsAreDecidedWhole(String shape, List<String> deltas, String calls) throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    deltas.forEach(delta -> events.add(delta(delta)));
    events.add(chunk(FINISHED_BY_CALLS));
    var gate = ScriptedGate.withholding();
    SentEvents sent = SentEvents.of(answers(gate), events);
    assertThat(
            String.join(
                ", ",
                gate.asked.stream()
                    .map(call -> call.id() + " " + call.name() + " " + call.arguments())
                    .toList()))
        .isEqualTo(calls.replace('\'', '"'));
    assertThat(sent.events).hasSize(gate.asked.size() + 1);
    assertThat(sent.last().at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
    ChatClient.assembled(sent.events);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void ofWithheldCallsNothingLeavesButAText(String shape, List<String> deltas, String calls)
      throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    deltas.forEach(delta -> events.add(delta(delta)));
    events.add(chunk(FINISHED_BY_CALLS));
    SentEvents sent = SentEvents.of(answers(ScriptedGate.withholding("f", "g")), events);
    assertThat(sent.events).hasSize(2);
    assertThat(sent.events.getFirst().at("/choices/0/delta/content").asText())
        .contains("was not permitted");
    assertThat(sent.last().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(sent.text()).doesNotContain("tool_calls").doesNotContain("function_call");
  }

  private static List<ObjectNode> twoCalls() {
    return List.of(
        delta("{'role':'assistant','content':'I look. '}"),
        delta(
            "{'tool_calls':[{'index':0,'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]}"),
        delta(
            "{'tool_calls':[{'index':1,'id':'b','type':'function','function':{'name':'g','arguments':'{}'}}]}"),
        chunk(FINISHED_BY_CALLS),
        SentEvents.json(
            "{'id':'c1','object':'chat.completion.chunk','choices':[],'usage':{'total_tokens':3}}"));
  }

  @Test
  void callsThatAreLeftAreCountedFromZero() throws IOException {
    SentEvents sent = SentEvents.of(answers(ScriptedGate.givingTokens("f")), twoCalls());
    ObjectNode call = sent.events.get(sent.events.size() - 3);
    assertThat(shown(call.at("/choices/0/delta/tool_calls")))
        .isEqualTo(
            "[{'index':0,'id':'b','type':'function','function':{'name':'g','arguments':'{}'}}]");
    assertThat(shown(call.path("interceptor"))).isEqualTo("{'tool_tokens':{'b':'token of b'}}");
    assertThat(sent.events.get(sent.events.size() - 2).at("/choices/0/finish_reason").asText())
        .isEqualTo("tool_calls");
    assertThat(sent.last().at("/usage/total_tokens").asInt()).isEqualTo(3);
  }

  @Test
  void anExplanationStandsApartFromTheTextBeforeIt() throws IOException {
    SentEvents sent = SentEvents.of(answers(ScriptedGate.withholding("f", "g")), twoCalls());
    assertThat(ChatClient.content(sent.events))
        .isEqualTo("I look. \n\nCall 1 was not permitted.\nCall 2 was not permitted.");
  }

  @Test
  void textLeavesBeforeTheCallThatFollowsItIsComplete() throws IOException {
    var gate = ScriptedGate.withholding();
    var filter = answers(gate);
    var sent = new SentEvents();
    for (ObjectNode event : twoCalls().subList(0, 2)) {
      filter.take(event, sent);
    }
    assertThat(ChatClient.content(sent.events)).isEqualTo("I look.");
    assertThat(gate.asked).isEmpty();
  }

  @Test
  void whatEndsInTheMiddleOfACallIsAFailureAndNothingOfTheCallLeft() throws IOException {
    var filter = answers(ScriptedGate.withholding());
    var sent = new SentEvents();
    for (ObjectNode event : twoCalls().subList(0, 3)) {
      filter.take(event, sent);
    }
    assertThatThrownBy(() -> filter.end(sent)).isInstanceOf(ModelProtocolException.class);
    assertThat(sent.text()).doesNotContain("tool_calls");
  }

  @Test
  void nothingLeavesAfterACallThatCouldNotBeDecided() throws IOException {
    CallGate gate =
        call -> {
          throw InterceptorException.of(ErrorCode.AUDIT_UNAVAILABLE, "the log is gone");
        };
    var filter = answers(gate);
    var sent = new SentEvents();
    for (ObjectNode event : twoCalls().subList(0, 3)) {
      filter.take(event, sent);
    }
    assertThatThrownBy(() -> filter.take(twoCalls().get(3), sent))
        .isInstanceOf(InterceptorException.class);
    assertThat(sent.text()).doesNotContain("tool_calls").doesNotContain("finish_reason\":\"");
  }

  @Test
  void anEndThatIsRepeatedDecidesNothingAgain() throws IOException {
    List<ObjectNode> events = new ArrayList<>(twoCalls().subList(0, 4));
    events.add(
        SentEvents.json(
            "{'id':'c1','choices':[{'index':0,'delta':{'role':'assistant','content':''},"
                + "'finish_reason':'tool_calls'}],'usage':{'total_tokens':3}}"));
    var gate = ScriptedGate.withholding();
    SentEvents sent = SentEvents.of(answers(gate), events);
    assertThat(gate.asked).hasSize(2);
    assertThat(shown(sent.last())).isEqualTo("{'id':'c1','choices':[],'usage':{'total_tokens':3}}");
  }

  @Test
  void aCallAfterTheEndIsAFailure() throws IOException {
    var filter = answers(ScriptedGate.withholding());
    var sent = new SentEvents();
    for (ObjectNode event : twoCalls()) {
      filter.take(event, sent);
    }
    assertThatThrownBy(() -> filter.take(twoCalls().get(1), sent))
        .isInstanceOf(ModelProtocolException.class);
  }

  @ParameterizedTest
  @EnumSource(EventPieces.class)
  void logprobsNeverTellWhatWasReplaced(EventPieces pieces) throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    for (String piece : List.of("Mail ", "joe@exa", "mple.com", " now", ".")) {
      events.add(
          chunk(
              "{'index':0,'delta':{'content':'%1$s'},'finish_reason':null,'logprobs':{'content':[{'token':'%1$s'}]}}"
                  .formatted(piece)));
    }
    events.add(chunk("{'index':0,'delta':{},'finish_reason':'stop'}"));
    SentEvents sent =
        SentEvents.of(new ChatAnswers(ScriptedGate.withholding(), REDACTION, pieces), events);
    assertThat(ChatClient.content(sent.events)).isEqualTo("Mail [PII_REDACTED] now.");
    assertThat(sent.text()).doesNotContain("exa").doesNotContain("logprobs");
  }

  @Test
  void logprobsBesideNoTextStayAway() throws IOException {
    List<ObjectNode> events =
        List.of(
            chunk(
                "{'index':0,'delta':{'role':'assistant','content':''},'finish_reason':null,"
                    + "'logprobs':{'content':[{'token':'zzMARKzz'}]}}"),
            chunk(
                "{'index':0,'delta':{},'finish_reason':null,'logprobs':{'content':[{'token':'zzMARKzz'}]}}"),
            chunk(
                "{'index':0,'finish_reason':'stop','logprobs':{'tokens':[{'token':'zzMARKzz'}]}}"));
    for (AnswerRedaction redaction : List.of(REDACTION, NOTHING)) {
      SentEvents sent =
          SentEvents.of(
              new ChatAnswers(ScriptedGate.withholding(), redaction, EventPieces.WHOLE), events);
      assertThat(sent.text()).doesNotContain("zzMARKzz");
    }
  }

  @Test
  void logprobsOfATextStayWhereNothingIsLookedFor() throws IOException {
    List<ObjectNode> events =
        List.of(
            chunk(
                "{'index':0,'delta':{'content':'joe@example.com'},'finish_reason':null,"
                    + "'logprobs':{'content':[{'token':'joe@'},{'token':'example.com'}],'refusal':null}}"),
            chunk("{'index':0,'delta':{},'finish_reason':'stop'}"));
    SentEvents sent =
        SentEvents.of(
            new ChatAnswers(ScriptedGate.withholding(), NOTHING, EventPieces.WHOLE), events);
    assertThat(sent.events).isEqualTo(events);
  }

  @Test
  void logprobsOfACompletionStayAwayFromStreams() throws IOException {
    List<ObjectNode> events =
        List.of(
            chunk("{'index':0,'text':'','finish_reason':'','logprobs':{'tokens':['zzMARKzz']}}"),
            chunk("{'index':0,'text':'x','finish_reason':'stop','logprobs':null}"));
    assertThat(SentEvents.of(new CompletionAnswers(REDACTION), events).text())
        .doesNotContain("zzMARKzz")
        .contains("\"x\"");
  }

  @Test
  void logprobsOfAWholeAnswerWithCallsStayAway() throws IOException {
    ObjectNode answer =
        SentEvents.json(
            "{'choices':[{'index':0,'message':{'tool_calls':[{'id':'a','type':'function',"
                + "'function':{'name':'f','arguments':'{}'}}]},'finish_reason':'tool_calls',"
                + "'logprobs':{'content':[{'token':'zzMARKzz'}]}}]}");
    assertThat(answers(ScriptedGate.withholding()).whole(answer).toString())
        .contains("tool_calls")
        .doesNotContain("zzMARKzz");
  }

  @Test
  void aReasonThatSaysNothingIsNoEnd() throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    for (ObjectNode event : twoCalls()) {
      ObjectNode said = event.deepCopy();
      if (said.at("/choices/0") instanceof ObjectNode choice
          && !choice.hasNonNull("finish_reason")) {
        choice.put("finish_reason", "");
      }
      events.add(said);
    }
    var gate = ScriptedGate.withholding();
    SentEvents sent = SentEvents.of(answers(gate), events);
    assertThat(gate.asked).hasSize(2);
    assertThat(ChatClient.assembled(sent.events).values())
        .singleElement()
        .satisfies(choice -> assertThat(choice.path("calls")).hasSize(2));
  }

  static Stream<String> impossible() {
    return Stream.of(
        "{'choices':[" + FINISHED_BY_CALLS + "," + FINISHED_BY_CALLS + "]}",
        "{'choices':{'0':" + FINISHED_BY_CALLS + "}}",
        "{'choices':['zzMARKzz']}",
        "{'choices':[{'index':0,'delta':['zzMARKzz'],'message':'zzMARKzz'}]}");
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void whatIsNoAnswerIsAFailure(String answer) {
    var gate = ScriptedGate.withholding();
    var sent = new SentEvents();
    assertThatThrownBy(
            () -> {
              var filter = answers(gate);
              filter.take(twoCalls().get(1), sent);
              filter.take(SentEvents.json(answer), sent);
            })
        .isInstanceOf(ModelProtocolException.class);
    assertThat(gate.asked).isEmpty();
    assertThat(sent.events).isEmpty();
    if (!answer.contains(FINISHED_BY_CALLS + ",")) {
      ObjectNode whole = SentEvents.json(answer.replace("delta", "message"));
      assertThatThrownBy(() -> answers(gate).whole(whole))
          .isInstanceOf(ModelProtocolException.class);
    }
  }

  @Test
  void aMessageInAChunkAndADeltaInAWholeAnswerAreNotSeen() throws IOException {
    String made = "{'tool_calls':[{'id':'a','function':{'name':'zzMARKzz','arguments':'{}'}}]}";
    ObjectNode chunk = delta("{'content':'x '}");
    ((ObjectNode) chunk.at("/choices/0")).set("message", SentEvents.json(made));
    SentEvents sent =
        SentEvents.of(
            answers(ScriptedGate.withholding()),
            List.of(chunk, chunk("{'index':0,'delta':{},'finish_reason':'stop'}")));
    assertThat(sent.text()).doesNotContain("zzMARKzz");
    ObjectNode whole =
        SentEvents.json("{'choices':[{'message':{'content':'x'},'delta':%s}]}".formatted(made));
    assertThat(answers(ScriptedGate.withholding()).whole(whole).toString())
        .doesNotContain("zzMARKzz");
  }

  @Test
  void callsGetTheIdThatTheyWereDecidedWithAndShareNone() throws IOException {
    String calls =
        "{'tool_calls':[{'index':0,'function':{'name':'f','arguments':'{}'}},"
            + "{'index':1,'id':'same','function':{'name':'f','arguments':'{}'}}]}";
    String choices =
        "{'index':0,'%1$s':%2$s,'finish_reason':'tool_calls'},"
            + "{'index':1,'%1$s':%2$s,'finish_reason':'tool_calls'}";
    var streamed = ScriptedGate.givingTokens();
    SentEvents sent =
        SentEvents.of(answers(streamed), List.of(chunk(choices.formatted("delta", calls))));
    var whole = ScriptedGate.givingTokens();
    ObjectNode answer = answers(whole).whole(chunk(choices.formatted("message", calls)));
    List<String> seen = new ArrayList<>();
    ChatClient.assembled(sent.events).values().forEach(choice -> ids(choice.path("calls"), seen));
    assertThat(seen).doesNotHaveDuplicates().doesNotContain("").hasSize(4).contains("same");
    assertThat(seen).isEqualTo(streamed.asked.stream().map(CallGate.ProposedCall::id).toList());
    seen.clear();
    answer.path("choices").forEach(choice -> ids(choice.at("/message/tool_calls"), seen));
    assertThat(seen).isEqualTo(whole.asked.stream().map(CallGate.ProposedCall::id).toList());
    assertThat(answer.at("/interceptor/tool_tokens").properties().stream().map(Map.Entry::getKey))
        .containsExactlyElementsOf(seen);
  }

  private static void ids(JsonNode calls, List<String> ids) {
    calls.forEach(call -> ids.add(call.path("id").asText()));
  }

  @Test
  void anAnswerIsBoundedOverItsChoicesAndFields() throws IOException {
    String piece = "x ".repeat(2 * 1024 * 1024 - 8);
    var filter = answers(ScriptedGate.withholding());
    var out = new SentEvents();
    List<String> deltas =
        List.of(
            "{'content':'%s'}",
            "{'reasoning':'%s'}",
            "{'tool_calls':[{'index':0,'function':{'name':'f','arguments':'%s'}}]}",
            "{'reasoning_content':[{'type':'text','text':'%s'}]}");
    for (String delta : deltas) {
      filter.take(delta(delta.formatted(piece)), out);
    }
    ObjectNode more =
        chunk("{'index':1,'delta':{'content':'%s'},'finish_reason':null}".formatted(piece));
    assertThatThrownBy(() -> filter.take(more, out)).isInstanceOf(ModelProtocolException.class);
  }

  @Test
  void logprobsOfCallsStayAway() throws IOException {
    List<ObjectNode> events =
        List.of(
            chunk(
                "{'index':0,'delta':{'role':'assistant','tool_calls':[{'index':0,'id':'a','function':{'name':'f'}}]},"
                    + "'finish_reason':null,'logprobs':{'content':[{'token':'zzMARKzz'}]}}"),
            chunk(FINISHED_BY_CALLS));
    SentEvents sent = SentEvents.of(answers(ScriptedGate.withholding("f")), events);
    assertThat(sent.text()).doesNotContain("zzMARKzz");
  }

  @Test
  void reasoningInListsIsRedactedOverChunks() throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    for (String piece : List.of("Mail ", "joe@exa", "mple.com", " now", ".")) {
      events.add(
          delta(
              "{'content':[{'type':'reasoning.text','index':%d,'text':'%s'},{'type':'thinking','thinking':[{'text':'%s'}]}]}"
                  .formatted(events.size(), piece, piece)));
    }
    events.add(chunk("{'index':0,'delta':{},'finish_reason':'stop'}"));
    SentEvents sent = SentEvents.of(answers(ScriptedGate.withholding()), events);
    StringBuilder text = new StringBuilder();
    for (ObjectNode event : sent.events) {
      JsonNode detail = event.at("/choices/0/delta/content/0");
      text.append(detail.path("text").asText(""));
      assertThat(detail.path("type").asText("reasoning.text")).isEqualTo("reasoning.text");
    }
    assertThat(text.toString()).isEqualTo("Mail [PII_REDACTED] now.");
    assertThat(sent.text()).doesNotContain("exa");
  }

  @Test
  void detailsOfReasoningLeaveStreamsOnlyWhereNothingIsLookedFor() throws IOException {
    List<ObjectNode> events =
        List.of(
            delta(
                "{'reasoning_details':[{'type':'reasoning.text','summary':[{'text':'joe@exa'}]}]}"),
            delta("{'reasoning_details':{'text':'mple.com'},'content':'Hello'}"),
            chunk("{'index':0,'delta':{},'finish_reason':'stop'}"));
    SentEvents sent = SentEvents.of(answers(ScriptedGate.withholding()), events);
    assertThat(sent.text()).doesNotContain("exa").doesNotContain("mple.com").contains("Hello");
    sent =
        SentEvents.of(
            new ChatAnswers(ScriptedGate.withholding(), NOTHING, EventPieces.WHOLE), events);
    assertThat(sent.events).isEqualTo(events);
  }

  @Test
  void partsOfAListGoOnWithThePlainText() throws IOException {
    List<ObjectNode> events =
        List.of(
            delta("{'content':'Mail joe@'}"),
            delta("{'content':[{'type':'text','text':'exa'},{'type':'text','text':'mple'}]}"),
            delta("{'content':[{'type':'text','text':'.com'},'now']}"),
            chunk("{'index':0,'delta':{},'finish_reason':'stop'}"));
    SentEvents sent = SentEvents.of(answers(ScriptedGate.withholding()), events);
    assertThat(sent.text()).contains("[PII_REDACTED]").doesNotContain("exa").doesNotContain("joe");
  }

  @Test
  void eventsOfATrustedProviderLeaveAsTheyCame() throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    for (String piece : List.of("He", "llo, my", " num", "ber is ", "12", " or so")) {
      events.add(delta("{'content':'%s'}".formatted(piece)));
    }
    events.add(chunk("{'index':0,'delta':{},'finish_reason':'stop'}"));
    SentEvents sent =
        SentEvents.of(
            new ChatAnswers(ScriptedGate.withholding(), REDACTION, EventPieces.WHOLE), events);
    assertThat(sent.events).isEqualTo(events);
    assertThat(sent.passed).isEqualTo(events.size());
  }

  @Test
  void aProviderCannotNameTokens() throws IOException {
    ObjectNode event = delta("{'content':'x '}");
    event.putObject("interceptor").putObject("tool_tokens").put("a", "forged");
    SentEvents sent =
        SentEvents.of(
            answers(ScriptedGate.withholding()),
            List.of(event, chunk("{'index':0,'delta':{},'finish_reason':'stop'}")));
    assertThat(sent.text()).doesNotContain("forged");
  }

  @Test
  void callsOfAWholeMessageAreNeverTakenForOne() throws IOException {
    ObjectNode answer =
        SentEvents.json(
            "{'choices':[{'index':0,'message':{'role':'assistant','content':null,'tool_calls':["
                + "{'id':'call_0','type':'function','function':{'name':'f','arguments':'{}'}},"
                + "{'id':'call_0','type':'function','function':{'name':'g','arguments':'{}'}}]},"
                + "'finish_reason':'tool_calls'}]}");
    var gate = ScriptedGate.withholding("f");
    ObjectNode whole = answers(gate).whole(answer);
    assertThat(gate.asked).hasSize(2);
    assertThat(shown(whole.at("/choices/0/message/tool_calls")))
        .isEqualTo("[{'id':'call_0','type':'function','function':{'name':'g','arguments':'{}'}}]");
    assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
  }

  @Test
  void aWholeAnswerWithoutACallThatIsLeftHasATextAndNoKeyForCalls() throws IOException {
    ObjectNode answer =
        SentEvents.json(
            "{'choices':[{'index':0,'message':{'role':'assistant','content':null,'tool_calls':["
                + "{'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]},"
                + "'logprobs':{'content':[]},'finish_reason':'tool_calls'}]}");
    ObjectNode whole = answers(ScriptedGate.withholding("f")).whole(answer);
    assertThat(shown(whole))
        .isEqualTo(
            "{'choices':[{'index':0,'message':{'role':'assistant','content':'Call 1 was not"
                + " permitted.'},'finish_reason':'stop'}]}");
  }

  @Test
  void argumentsAreDecidedAsTheyLeave() throws IOException {
    ObjectNode answer =
        SentEvents.json(
            "{'choices':[{'index':0,'message':{'role':'assistant','content':null,'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{"
                + " \\'to\\' : \\'joe@example.com\\'"
                + " }'}},{'id':'b','type':'function','function':{'name':'f','arguments':'{ \\'n\\'"
                + " : 1.50 }'}}]},'finish_reason':'tool_calls'}]}");
    var gate = ScriptedGate.withholding();
    ObjectNode whole = answers(gate).whole(answer);
    List<String> left = new ArrayList<>();
    whole
        .at("/choices/0/message/tool_calls")
        .forEach(call -> left.add(call.at("/function/arguments").asText()));
    assertThat(left)
        .containsExactly("{\"to\":\"[PII_REDACTED]\"}", "{ \"n\" : 1.50 }")
        .isEqualTo(gate.asked.stream().map(CallGate.ProposedCall::arguments).toList());
  }
}
