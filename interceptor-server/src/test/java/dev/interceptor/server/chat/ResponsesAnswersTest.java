package dev.interceptor.server.chat;

import static dev.interceptor.server.chat.SentEvents.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponsesAnswersTest {
  private static final AnswerRedaction NOTHING =
      new AnswerRedaction(Detectors.standard(), Set.of());
  private static final AnswerRedaction REDACTION =
      new AnswerRedaction(Detectors.standard(), Set.of(Detection.SECRETS, Detection.PII));
  private static final String READ =
      "{'type':'function_call','id':'fc_1','call_id':'call_1','name':'read','arguments':'{}',"
          + "'status':'completed'}";
  private static final String WIRE =
      "{'type':'function_call','id':'fc_2','call_id':'call_2','name':'wire','arguments':"
          + "'{\\'to\\':\\'x\\'}','status':'completed'}";
  private static final String TEXT =
      "{'type':'message','id':'msg_1','role':'assistant','status':'completed','content':"
          + "[{'type':'output_text','text':'Looking.','annotations':[],'logprobs':[]}]}";

  private final ScriptedGate gate = ScriptedGate.withholding("wire", "shell", "bank.read");
  private final ResponsesAnswers answers = new ResponsesAnswers(gate, NOTHING, EventPieces.SPLIT);

  @Test
  void aWithheldCallLeavesNoTraceAndTheOthersMoveUp() throws IOException {
    SentEvents sent = stream(TEXT, WIRE, READ);
    assertThat(sent.text()).doesNotContain("wire", "call_2", "fc_2");
    assertThat(sent.last().at("/response/output")).isEqualTo(output(TEXT, READ));
    assertThat(indexes(sent, "response.output_item.added")).containsExactly(0, 1);
    assertThat(indexes(sent, "response.function_call_arguments.done")).containsExactly(1);
    assertThat(answers.referable()).isEmpty();
  }

  @Test
  void whereAllCallsAreWithheldAMessageSaysSo() throws IOException {
    SentEvents sent = stream(WIRE);
    String text = "Call 1 was not permitted.";
    assertThat(sent.types())
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    assertThat(sent.deltas("response.output_text.delta")).isEqualTo(text);
    assertThat(sent.last().at("/response/output"))
        .isEqualTo(
            output(
                "{'id':'msg_decision-1','type':'message','status':'completed','role':'assistant',"
                    + "'content':[{'type':'output_text','text':'"
                    + text
                    + "','annotations':[],'logprobs':[]}]}"));
    assertThat(sent.events.get(2).path("item").path("content")).isEmpty();
    assertThat(sent.events.get(2).path("item").path("status").asText()).isEqualTo("in_progress");
  }

  @Test
  void aReleasedCallIsToldWholeOnceItIsDecided() throws IOException {
    SentEvents sent = stream(READ);
    assertThat(sent.types())
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed");
    assertThat(gate.asked).containsExactly(new ProposedCall(Kind.FUNCTION, "call_1", "read", "{}"));
    assertThat(answers.referable()).containsExactly("resp_1", "fc_1");
  }

  @Test
  void whatALaterRequestMayReferToIsKnownWithTheLastEvent() throws IOException {
    for (ObjectNode event : recorded(TEXT, READ)) {
      assertThat(answers.referable()).isEmpty();
      answers.take(event, new SentEvents());
    }
    assertThat(answers.referable()).containsExactly("resp_1", "msg_1", "fc_1");
  }

  @Test
  void nothingOfACallLeavesBeforeItIsDecidedAndTextBeforeItDoes() throws IOException {
    List<ObjectNode> events = recorded(TEXT, READ);
    var sent = new SentEvents();
    for (ObjectNode event : events) {
      if (event.path("type").asText().equals("response.output_item.done")
          && event.path("output_index").asInt() == 1) {
        break;
      }
      answers.take(event, sent);
    }
    assertThat(sent.deltas("response.output_text.delta")).isEqualTo("Looking.");
    assertThat(sent.text()).doesNotContain("call_1", "fc_1", "read");
    assertThat(gate.asked).isEmpty();
  }

  @Test
  void redactedTextLeavesAsItComesButForWhatMayBecomeAFinding() throws IOException {
    String prose = "It is sunny in Graz today and mail goes to ann";
    var filter = new ResponsesAnswers(gate, REDACTION, EventPieces.SPLIT);
    List<ObjectNode> events =
        recorded(TEXT.replace("Looking.", prose + "@mail.example.com, he said."));
    var sent = new SentEvents();
    int came = 0;
    for (ObjectNode event : events) {
      boolean delta = event.path("type").asText().equals("response.output_text.delta");
      came += delta ? event.path("delta").asText().length() : 0;
      filter.take(event, sent);
      String seen = sent.deltas("response.output_text.delta");
      if (delta && came <= prose.length()) {
        assertThat(prose).startsWith(seen);
        assertThat(came - seen.length()).isLessThan(16);
      }
    }
    assertThat(sent.deltas("response.output_text.delta"))
        .isEqualTo(prose.replace("ann", "[PII_REDACTED], he said."));
  }

  @Test
  void tokensStandWhereACallIsToldWhole() throws IOException {
    var filter =
        new ResponsesAnswers(ScriptedGate.givingTokens("wire"), NOTHING, EventPieces.WHOLE);
    SentEvents sent = SentEvents.of(filter, recorded(READ, WIRE));
    ObjectNode tokens = json("{'tool_tokens':{'call_1':'token of call_1'}}");
    List<ObjectNode> withTokens =
        sent.events.stream().filter(event -> event.has("interceptor")).toList();
    assertThat(withTokens).hasSize(1);
    assertThat(withTokens.getFirst().path("type").asText()).isEqualTo("response.output_item.done");
    assertThat(withTokens.getFirst().path("interceptor")).isEqualTo(tokens);
    assertThat(sent.last().at("/response/interceptor")).isEqualTo(tokens);

    var unary = new ResponsesAnswers(ScriptedGate.givingTokens("wire"), NOTHING, EventPieces.SPLIT);
    assertThat(unary.whole(response(READ, WIRE)).path("interceptor")).isEqualTo(tokens);
  }

  @Test
  void aWholeAnswerLosesWhatIsWithheldAndItsTextFollows() throws IOException {
    ObjectNode answer = response(TEXT, WIRE).put("output_text", "Looking.");
    ObjectNode seen = answers.whole(answer);
    assertThat(seen.toString()).doesNotContain("wire", "call_2", "fc_2");
    assertThat(seen.path("output")).hasSize(2);
    assertThat(seen.path("output_text").asText()).isEqualTo("Looking.Call 1 was not permitted.");
    assertThat(answers.referable()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"queued", "in_progress", "failed", "cancelled"})
  void toAnAnswerThatIsNotCompleteNothingMayRefer(String status) throws IOException {
    answers.whole(response(TEXT).put("status", status));
    assertThat(answers.referable()).isEmpty();
  }

  @Test
  void toAWholeAnswerALaterRequestMayRefer() throws IOException {
    answers.whole(response(TEXT, READ));
    assertThat(answers.referable()).containsExactly("resp_1", "msg_1", "fc_1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'shell_call','id':'i','call_id':'c','action':{'commands':['erase']}}",
        "{'type':'function_call','id':'i','call_id':'c','namespace':'bank','name':'read','arguments':'{}'}",
        "{'type':'custom_tool_call','id':'i','call_id':'c','name':'wire','input':'erase'}",
        "{'type':'mcp_approval_request','id':'c','server_label':'bank','name':'read','arguments':'{}'}"
      })
  void whateverTheClientIsToActOnIsDecided(String call) throws IOException {
    SentEvents sent = stream(call);
    assertThat(gate.asked).hasSize(1);
    assertThat(gate.asked.getFirst().id()).isEqualTo("c");
    assertThat(sent.text()).doesNotContain("'c'".replace('\'', '"'), "erase", "bank", "read");
  }

  @Test
  void aCallOfAKindToComeIsDecidedByItsType() throws IOException {
    ObjectNode call = json("{'type':'robot_call','id':'i','call_id':'c','action':{'move':1}}");
    assertThat(answers.whole(response(call.toString())).path("output").get(0)).isEqualTo(call);
    assertThat(gate.asked)
        .containsExactly(
            new ProposedCall(
                Kind.FUNCTION, "c", "robot", json("{'action':{'move':1}}").toString()));
  }

  @Test
  void argumentsAreRedactedBeforeTheyAreDecided() throws IOException {
    var filter = new ResponsesAnswers(gate, REDACTION, EventPieces.SPLIT);
    ObjectNode call =
        json(READ).put("arguments", "{\"to\": \"ann@mail.example.com\", \"n\": 1.50}");
    String seen = "{\"n\":1.5,\"to\":\"[PII_REDACTED]\"}";
    ObjectNode whole = filter.whole(response(call.toString()));
    assertThat(whole.at("/output/0/arguments").asText()).isEqualTo(seen);
    assertThat(gate.asked.getFirst().arguments()).isEqualTo(seen);
  }

  @Test
  void textsOfToolsThatRanAtTheProviderAreRedacted() throws IOException {
    var filter = new ResponsesAnswers(gate, REDACTION, EventPieces.SPLIT);
    ObjectNode seen =
        filter.whole(
            response(
                "{'type':'mcp_call','id':'m','name':'far','output':'mail ann@mail.example.com'}",
                "{'type':'web_search_call','id':'w','action':{'query':'ann@mail.example.com'}}",
                "{'type':'of_the_future','id':'f','a':[{'ann@mail.example.com':'x'}]}",
                "{'type':'message','id':'t','content':[{'type':'output_text','text':'ann@mail.example.com',"
                    + "'annotations':[{'type':'url_citation','start_index':1}],'logprobs':[{'token':'ann'}]}]}"));
    assertThat(seen.toString()).doesNotContain("ann@", "token", "url_citation");
    assertThat(seen.path("output")).hasSize(4);
    assertThat(gate.asked).isEmpty();
  }

  @Test
  void annotationsStayWhereTheTextDoes() throws IOException {
    var filter = new ResponsesAnswers(gate, REDACTION, EventPieces.SPLIT);
    ObjectNode answer =
        response(
            "{'type':'message','id':'t','content':[{'type':'output_text','text':'See there.',"
                + "'annotations':[{'type':'url_citation','url':'https://example.com/a','end_index':3}],"
                + "'logprobs':[{'token':'See'}]}]}");
    assertThat(filter.whole(answer.deepCopy())).isEqualTo(answer);
  }

  @Test
  void anEventOfAnUnknownKindPassesRedacted() throws IOException {
    var filter = new ResponsesAnswers(gate, REDACTION, EventPieces.SPLIT);
    var sent = new SentEvents();
    filter.take(
        json(
            "{'type':'response.of_the_future','sequence_number':0,'note':'to"
                + " ann@mail.example.com'}"),
        sent);
    filter.take(json("{'type':'keepalive','sequence_number':1}"), sent);
    assertThat(sent.events.getFirst().path("note").asText()).isEqualTo("to [PII_REDACTED]");
    assertThat(sent.types()).containsExactly("response.of_the_future", "keepalive");
    assertThat(sent.passed).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'response.output_item.done','output_index':0,'response':{},'item':{'type':"
            + "'function_call','call_id':'c','name':'read','arguments':'{}'}}",
        "{'type':'response.output_text.delta','delta':'x','response':{}}",
        "{'type':'response.of_the_future','response':{}}",
        "{'type':'response.created'}",
        "{'type':'response.created','response':{},'item':{}}",
        "{'type':'response.created','response':{},'delta':'x'}",
        "{'type':'response.created','response':{},'part':{}}",
        "{'type':'response.of_the_future','item_id':'msg_1','item':{'type':'function_call'}}",
        "{'type':'error','message':'m','item':{}}",
        "{'type':'x\\ndata: {}'}",
        "{'type':{'a':1}}"
      })
  void anEventWithTheMembersOfAnotherIsRefused(String event) throws IOException {
    var sent = new SentEvents();
    answers.take(
        json("{'type':'response.output_item.added','output_index':0,'item':" + TEXT + "}"), sent);
    assertThatThrownBy(() -> answers.take(json(event), sent))
        .isInstanceOf(ModelProtocolException.class);
    assertThat(sent.events).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'response.created','response':{},'note':'S'}",
        "{'type':'response.output_text.done','output_index':0,'content_index':0,'text':'S','part':{}}",
        "{'type':'response.output_text.delta','output_index':0,'content_index':0,'delta':'x','text':'S'}",
        "{'type':'response.output_text.delta','output_index':0,'content_index':0,'delta':'x',"
            + "'logprobs':[{'token':'S'}]}",
        "{'type':'response.output_text.delta','output_index':0,'content_index':0,'delta':'x',"
            + "'obfuscation':'S'}",
        "{'type':'response.output_text.delta','output_index':0,'content_index':'S','delta':'x'}",
        "{'type':'response.audio.delta','delta':'AAAA','note':'S'}",
        "{'type':'response.content_part.added','output_index':0,'content_index':0,'part':{},'text':'S'}",
        "{'type':'response.content_part.done','output_index':0,'content_index':0,'part':{},'text':'S'}",
        "{'type':'response.output_item.added','output_index':1,'item':{'type':'message'},'delta':'S'}",
        "{'type':'response.output_item.done','output_index':0,'item':{'type':'message','id':'msg_1'},"
            + "'delta':'S'}",
        "{'type':'response.output_item.done','output_index':1,'item':{'type':'function_call',"
            + "'call_id':'c','name':'read','arguments':'{}'},'delta':'S'}",
        "{'type':'response.output_item.done','output_index':1,'item':{'type':'function_call',"
            + "'call_id':'c','name':'read','arguments':'{}','input':'S'}}"
      })
  void whateverStandsBesideAnEventsTextIsRedacted(String event) throws IOException {
    String secret = "AKIA" + "IOSFODNN7QWERTZA";
    for (EventPieces pieces : EventPieces.values()) {
      var filter = new ResponsesAnswers(gate, REDACTION, pieces);
      var sent = new SentEvents();
      filter.take(
          json("{'type':'response.output_item.added','output_index':0,'item':" + TEXT + "}"), sent);
      filter.take(json(event.replace("'S'", "'" + secret + "'")), sent);
      filter.take(json("{'type':'response.completed','response':{}}"), sent);
      assertThat(sent.text()).doesNotContain(secret);
      assertThat(sent.types()).contains(json(event).path("type").asText());
    }
  }

  @Test
  void whatStandsBesideThePiecesOfACallIsRedacted() throws IOException {
    String secret = "AKIA" + "IOSFODNN7QWERTZA";
    List<ObjectNode> events = recorded(READ);
    events.forEach(event -> event.put("note", secret));
    ((ObjectNode) events.get(2).path("item")).put("input", secret);
    SentEvents sent =
        SentEvents.of(new ResponsesAnswers(gate, REDACTION, EventPieces.WHOLE), events);
    assertThat(sent.text()).doesNotContain(secret);
    assertThat(sent.types()).hasSameSizeAs(events);
  }

  @Test
  void aFailureTellsOnlyWhatTheClientHas() throws IOException {
    List<ObjectNode> events = recorded(TEXT, READ, WIRE);
    ObjectNode failed = events.removeLast();
    failed.put("type", "response.failed");
    events.removeLast();
    events.add(failed);
    SentEvents sent = SentEvents.of(answers, events);
    assertThat(sent.last().at("/response/output")).isEqualTo(output(TEXT, READ));
    assertThat(answers.referable()).isEmpty();
  }

  @Test
  void anErrorEndsTheStream() throws IOException {
    List<ObjectNode> events = recorded(TEXT, WIRE);
    while (events.size() > 6) {
      events.removeLast();
    }
    events.add(json("{'type':'error','code':'server_error','message':'m','sequence_number':6}"));
    SentEvents sent = SentEvents.of(answers, events);
    assertThat(sent.last().path("code").asText()).isEqualTo("server_error");
  }

  @Test
  void aCutStreamIsAnError() {
    List<ObjectNode> events = recorded(TEXT, READ);
    events.removeLast();
    assertThatThrownBy(() -> SentEvents.of(answers, events))
        .isInstanceOf(ModelProtocolException.class);
  }

  @Test
  void whatOnlyTheEndTellsIsDecidedAndToldToo() throws IOException {
    List<ObjectNode> events = recorded(TEXT);
    ((ObjectNode) events.getLast().path("response")).set("output", output(TEXT, READ, WIRE));
    SentEvents sent = SentEvents.of(answers, events);
    assertThat(sent.text()).doesNotContain("wire", "call_2", "fc_2");
    assertThat(sent.last().at("/response/output")).isEqualTo(output(TEXT, READ));
    assertThat(sent.deltas("response.function_call_arguments.delta")).isEqualTo("{}");
    assertThat(gate.asked).hasSize(2);
  }

  @Test
  void theEndCannotChangeACallThatWasDecided() throws IOException {
    List<ObjectNode> events = recorded(READ);
    ObjectNode other = json(READ).put("arguments", "{\"other\":1}").put("name", "wire");
    ((ObjectNode) events.getLast().path("response")).set("output", output(other.toString()));
    SentEvents sent = SentEvents.of(answers, events);
    assertThat(sent.last().at("/response/output")).isEqualTo(output(READ));
    assertThat(sent.text()).doesNotContain("other", "wire");
  }

  @Test
  void earlierPiecesCannotTellMoreThanTheCallThatWasDecided() throws IOException {
    for (EventPieces pieces : EventPieces.values()) {
      List<ObjectNode> events = recorded(READ);
      for (ObjectNode event : events) {
        if (event.path("type").asText().equals("response.function_call_arguments.delta")) {
          event.put("delta", "{\"smuggled\":1}");
        }
      }
      SentEvents sent = SentEvents.of(new ResponsesAnswers(gate, NOTHING, pieces), events);
      assertThat(sent.text()).doesNotContain("smuggled");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'response.function_call_arguments.delta','output_index':0,'item_id':'msg_1','delta':'{'}",
        "{'type':'response.function_call_arguments.delta','delta':'{'}",
        "{'type':'response.output_text.delta','output_index':7,'content_index':0,'delta':'x'}",
        "{'type':'response.output_text.delta','output_index':0,'item_id':'fc_2','delta':'x'}",
        "{'type':'response.of_the_future','item_id':'unknown','delta':'x'}",
        "{'type':'response.of_the_future','call_id':'call_2'}",
        "{'type':'response.output_item.done','output_index':0,'item':{'type':'function_call'}}",
        "{'type':'response.output_item.added','output_index':0,'item':{'type':'message'}}",
        "{'type':'response.output_item.added','output_index':3}",
        "{'type':'response.output_item.added','item':{'type':'message'}}"
      })
  void anEventThatFitsNoItemIsRefused(String event) throws IOException {
    var sent = new SentEvents();
    answers.take(
        json("{'type':'response.output_item.added','output_index':0,'item':" + TEXT + "}"), sent);
    answers.take(
        json("{'type':'response.output_item.added','output_index':1,'item':" + WIRE + "}"), sent);
    assertThatThrownBy(() -> answers.take(json(event), sent))
        .isInstanceOf(ModelProtocolException.class);
    assertThat(sent.events).hasSize(1);
  }

  @Test
  void numbersWithoutAnEndToThemStopTheAnswer() throws IOException {
    var sent = new SentEvents();
    answers.take(
        json("{'type':'response.output_item.added','output_index':0,'item':" + WIRE + "}"), sent);
    ObjectNode piece = json("{'type':'response.function_call_arguments.delta','output_index':0}");
    piece.put("delta", "x".repeat(ResponsesTexts.MAX / 2));
    answers.take(piece, sent);
    answers.take(piece, sent);
    assertThatThrownBy(() -> answers.take(piece, sent)).isInstanceOf(ModelProtocolException.class);
  }

  @Test
  void textsWithoutAnEndToThemStopTheAnswer() {
    ObjectNode piece = json("{'type':'response.output_text.delta','delta':''}");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i <= ResponsesItems.MAX_TEXTS; i++) {
                answers.take(piece.deepCopy().put("content_index", i), new SentEvents());
              }
            })
        .isInstanceOf(ModelProtocolException.class);
    ObjectNode message = json("{'type':'message','id':'m'}");
    ArrayNode content = message.putArray("content");
    for (int i = 0; i <= ResponsesItems.MAX_TEXTS; i++) {
      content.addObject().put("type", "output_text").put("text", "x");
    }
    ObjectNode done = json("{'type':'response.output_item.done','output_index':0}");
    done.set("item", message);
    var other = new ResponsesAnswers(gate, NOTHING, EventPieces.SPLIT);
    assertThatThrownBy(() -> other.take(done, new SentEvents()))
        .isInstanceOf(ModelProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'response.function_call_arguments.delta','output_index':0,'delta':''}",
        "{'type':'response.output_text.delta','output_index':1,'content_index':0,'delta':''}",
        "{'type':'keepalive'}"
      })
  void emptyEventsWithoutAnEndToThemStopTheAnswer(String event) throws IOException {
    var filter = new ResponsesAnswers(gate, REDACTION, EventPieces.WHOLE);
    var sent = new SentEvents();
    filter.take(
        json("{'type':'response.output_item.added','output_index':0,'item':" + WIRE + "}"), sent);
    filter.take(
        json("{'type':'response.output_item.added','output_index':1,'item':" + TEXT + "}"), sent);
    filter.take(
        json(
            "{'type':'response.output_text.delta','output_index':1,'content_index':0,'delta':'ann'}"),
        sent);
    assertThat(sent.events).hasSize(1);
    ObjectNode piece = json(event);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i <= ResponsesForm.MAX_HELD / 256; i++) {
                filter.take(piece.deepCopy(), sent);
              }
            })
        .isInstanceOf(ModelProtocolException.class);
  }

  private SentEvents stream(String... items) throws IOException {
    return SentEvents.of(answers, recorded(items));
  }

  private static List<ObjectNode> recorded(String... items) {
    return RecordedResponse.streamed(response(items), new Random(7));
  }

  private static ObjectNode response(String... items) {
    ObjectNode response =
        json("{'id':'resp_1','object':'response','status':'completed','model':'m'}");
    return response.set("output", output(items));
  }

  private static ArrayNode output(String... items) {
    var output = json("{}").putArray("output");
    for (String item : items) {
      output.add(json(item.startsWith("{'") ? item.replace("\\'", "\\\"") : item));
    }
    return output;
  }

  private static List<Integer> indexes(SentEvents sent, String type) {
    List<Integer> indexes = new ArrayList<>();
    for (ObjectNode event : sent.events) {
      if (event.path("type").asText().equals(type)) {
        indexes.add(event.path("output_index").asInt(-1));
      }
    }
    return indexes;
  }
}
