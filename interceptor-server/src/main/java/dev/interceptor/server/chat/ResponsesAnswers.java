package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.AnswerRedaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Answers of `POST /v1/responses`.
///
/// *Guarantees*: all copies of a text are alike; a call that is withheld leaves no trace in any
/// event and in no `output`, and what is left is numbered without gaps; where all calls are
/// withheld a message says so. An event of an unknown kind passes with its texts redacted, each by
/// itself. *Does not*: look at encrypted content, images and sound; mask errors.
final class ResponsesAnswers implements AnswerFilter {
  private final DecidedCalls calls;
  private final ResponsesItems items;
  private final ResponsesCalls callItems;
  private final ResponsesStream stream;
  private List<String> referable = List.of();

  ResponsesAnswers(CallGate gate, AnswerRedaction redaction, EventPieces pieces) {
    this.calls = new DecidedCalls(gate, redaction);
    this.items = new ResponsesItems(redaction);
    this.callItems = new ResponsesCalls(calls, redaction);
    this.stream = new ResponsesStream(items, callItems, calls, pieces);
  }

  @Override
  public ObjectNode whole(ObjectNode answer) throws ModelProtocolException {
    items.redactFrame(answer);
    List<ObjectNode> output = new ArrayList<>();
    for (JsonNode element : answer.path("output")) {
      if (element instanceof ObjectNode item && isLeft(item)) {
        output.add(item);
      }
    }
    calls.explanation().ifPresent(text -> output.add(explanation(calls, text)));
    putOutput(answer, output);
    calls.putTokens(answer);
    complete(answer, output);
    return answer;
  }

  private boolean isLeft(ObjectNode item) throws ModelProtocolException {
    if (ResponsesCalls.isCall(item)) {
      return callItems.release(item);
    }
    items.redact(item, (event, part, text) -> items.whole(text));
    return true;
  }

  /// Puts the items that are left in the place of those that came, if there is a difference.
  ///
  /// @return whether there was
  static boolean putOutput(ObjectNode response, List<ObjectNode> output) {
    ArrayNode left = JsonNodeFactory.instance.arrayNode().addAll(output);
    boolean same = response.has("output") ? left.equals(response.get("output")) : left.isEmpty();
    if (!same) {
      response.set("output", left);
    }
    return putText(response, output) || !same;
  }

  private static boolean putText(ObjectNode response, List<ObjectNode> output) {
    if (!response.path("output_text").isTextual()) {
      return AnswerMembers.dropUnlessText(response, "output_text");
    }
    StringBuilder text = new StringBuilder();
    for (ObjectNode item : output) {
      if (ResponsesItems.type(item).equals("message")) {
        for (JsonNode part : item.path("content")) {
          text.append(
              AnswerMembers.text(part, "type").equals("output_text")
                  ? AnswerMembers.text(part, "text")
                  : "");
        }
      }
    }
    boolean same = text.toString().equals(response.get("output_text").textValue());
    response.put("output_text", text.toString());
    return !same;
  }

  /// The message that stands in the place of calls that were withheld.
  static ObjectNode explanation(DecidedCalls calls, String text) {
    return ResponsesEvents.message("msg_" + calls.firstWithheld(), text);
  }

  /// The answer is complete unless its provider still works on it, or gave up.
  private void complete(ObjectNode response, List<ObjectNode> output) {
    String status = AnswerMembers.text(response, "status");
    if (calls.anyWithheld() || !(status.equals("completed") || status.equals("incomplete"))) {
      return;
    }
    referable =
        Stream.concat(Stream.of(response), output.stream())
            .map(referred -> AnswerMembers.text(referred, "id"))
            .filter(id -> !id.isEmpty())
            .toList();
  }

  @Override
  public List<String> referable() {
    return referable;
  }

  @Override
  public void take(ObjectNode event, Sink out) throws IOException {
    stream.take(event, out);
    if (referable.isEmpty()) {
      stream.completed().ifPresent(response -> complete(response, stream.output()));
    }
  }

  @Override
  public void end(Sink out) throws IOException {
    stream.end();
  }
}
