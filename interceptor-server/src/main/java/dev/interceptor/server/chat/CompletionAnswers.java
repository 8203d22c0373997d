package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.AnswerRedaction;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Answers of the older `POST /v1/completions`: texts without calls.
final class CompletionAnswers implements AnswerFilter {
  private static final Set<String> FRAME =
      Set.of("id", "object", "created", "model", "choices", "usage", "system_fingerprint");
  private static final Set<String> CHOICE = Set.of("index", "text", "finish_reason", "logprobs");

  private final AnswerRedaction redaction;
  private final TextScreen screen;
  private final Map<Integer, AnswerText> texts = new TreeMap<>();
  private final AnswerLength length = new AnswerLength();
  private final Set<Integer> open = new HashSet<>();
  private boolean begun;

  CompletionAnswers(AnswerRedaction redaction) {
    this.redaction = redaction;
    this.screen = new TextScreen(redaction);
  }

  @Override
  public ObjectNode whole(ObjectNode answer) throws ModelProtocolException {
    screen.redact(answer, FRAME);
    for (ObjectNode choice : AnswerMembers.choices(answer)) {
      boolean _ = reduced(choice);
      String said = AnswerMembers.text(choice, "text");
      String seen = redaction.whole(said);
      if (!seen.equals(said)) {
        choice.put("text", seen).remove("logprobs");
      }
    }
    return answer;
  }

  @Override
  public void take(ObjectNode event, Sink out) throws IOException {
    begun = true;
    boolean touched = screen.redact(event, FRAME);
    for (ObjectNode choice : AnswerMembers.choices(event)) {
      touched |= reduced(choice);
      touched |= take(choice);
    }
    if (touched) {
      out.send(event);
    } else {
      out.pass(event);
    }
  }

  /// @return whether the choice is no longer as it came
  private boolean reduced(ObjectNode choice) {
    boolean touched = screen.redact(choice, CHOICE);
    touched |= AnswerMembers.dropUnlessText(choice, "text");
    touched |= AnswerMembers.dropUnfinished(choice);
    return touched;
  }

  /// @return whether the choice is no longer as it came
  private boolean take(ObjectNode choice) throws ModelProtocolException {
    int index = choice.path("index").asInt(0);
    if (!texts.containsKey(index) && texts.size() == ChatAnswers.MOST_CHOICES) {
      throw new ModelProtocolException("more than " + ChatAnswers.MOST_CHOICES + " choices");
    }
    AnswerText text = texts.computeIfAbsent(index, _ -> new AnswerText(redaction.stream()));
    String said = AnswerMembers.text(choice, "text");
    if (!said.isEmpty()) {
      length.add(said.length());
      boolean _ = text.push(said);
    }
    open.add(index);
    if (choice.hasNonNull("finish_reason")) {
      text.finish();
      open.remove(index);
    }
    String rest = text.rest();
    boolean touched =
        redaction.looksForAnything()
            && choice.hasNonNull("logprobs")
            && choice.remove("logprobs") != null;
    if (rest.equals(said)) {
      return touched;
    }
    choice.put("text", rest);
    return true;
  }

  @Override
  public void end(Sink out) throws IOException {
    if (!begun) {
      throw new ModelProtocolException("the stream ended before the answer began");
    }
    if (!open.isEmpty()) {
      throw new ModelProtocolException("the stream ended before a choice was finished");
    }
  }
}
