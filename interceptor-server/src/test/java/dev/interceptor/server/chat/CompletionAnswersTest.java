package dev.interceptor.server.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.guard.Detectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CompletionAnswersTest {
  private static final AnswerRedaction REDACTION =
      new AnswerRedaction(Detectors.standard(), EnumSet.of(Detection.SECRETS, Detection.PII));
  private static final String TEXT = "Mail joe@example.com or bob@example.com";

  private static ObjectNode event(int index, String text, String finish) {
    return SentEvents.json(
        "{'id':'c','choices':[{'index':%d,'text':'%s','finish_reason':%s,'logprobs':{'tokens':['%s']}}]}"
            .formatted(index, text, finish, text));
  }

  @Test
  void aWholeTextIsRedacted() throws ModelProtocolException {
    ObjectNode answer = new CompletionAnswers(REDACTION).whole(event(0, TEXT, "'stop'"));
    assertThat(answer.at("/choices/0/text").asText())
        .isEqualTo("Mail [PII_REDACTED] or [PII_REDACTED]");
    assertThat(answer.toString()).doesNotContain("example");
  }

  @Test
  void textsOfSeveralChoicesAreRedactedOverChunks() throws IOException {
    List<ObjectNode> events = new ArrayList<>();
    for (int at = 0; at < TEXT.length(); at += 3) {
      String piece = TEXT.substring(at, Math.min(TEXT.length(), at + 3));
      events.add(event(0, piece, "null"));
      events.add(event(1, piece, "null"));
    }
    events.add(event(0, "", "'stop'"));
    events.add(event(1, "", "'stop'"));
    SentEvents sent = SentEvents.of(new CompletionAnswers(REDACTION), events);
    for (int index = 0; index < 2; index++) {
      StringBuilder text = new StringBuilder();
      for (ObjectNode event : sent.events) {
        if (event.at("/choices/0/index").asInt() == index) {
          text.append(event.at("/choices/0/text").asText());
        }
      }
      assertThat(text.toString()).isEqualTo("Mail [PII_REDACTED] or [PII_REDACTED]");
    }
    assertThat(sent.text()).doesNotContain("xam");
  }

  @Test
  void whatIsNotChangedPasses() throws IOException {
    List<ObjectNode> events = List.of(event(0, "One, ", "null"), event(0, "two, ", "'stop'"));
    var nothing = new AnswerRedaction(Detectors.standard(), EnumSet.noneOf(Detection.class));
    SentEvents sent = SentEvents.of(new CompletionAnswers(nothing), events);
    assertThat(sent.events).isEqualTo(events);
    assertThat(sent.passed).isEqualTo(2);
  }

  @Test
  void aStreamThatIsLookedThroughTellsNoTokens() throws IOException {
    SentEvents sent =
        SentEvents.of(new CompletionAnswers(REDACTION), List.of(event(0, "One", "'stop'")));
    assertThat(sent.events.toString()).contains("One").doesNotContain("logprobs");
  }
}
