package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.AnswerFilter.Sink;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The events of one streamed Responses answer.
final class ResponsesStream {
  private static final Set<String> FAILURES = Set.of("response.failed", "response.cancelled");
  private static final Set<String> ENDS = Set.of("response.completed", "response.incomplete");
  private static final Set<String> CALL_TEXTS =
      Set.of(
          "response.function_call_arguments.delta",
          "response.function_call_arguments.done",
          "response.custom_tool_call_input.delta",
          "response.custom_tool_call_input.done");
  private static final Set<String> ITEM = Set.of("item");
  private static final Set<String> RESPONSE = Set.of("response");
  private static final Set<String> LATER = Set.of("content", "summary", "arguments", "code");
  private final ResponsesItems items;
  private final ResponsesCalls callItems;
  private final DecidedCalls calls;
  private final OutputItems output;
  private final EventLine line;
  private final ResponsesTexts texts;
  private final EventPieces pieces;
  private Optional<ObjectNode> completed = Optional.empty();
  private int kept;
  private boolean ended;

  ResponsesStream(
      ResponsesItems items, ResponsesCalls callItems, DecidedCalls calls, EventPieces pieces) {
    this.items = items;
    this.callItems = callItems;
    this.calls = calls;
    this.pieces = pieces;
    this.output = new OutputItems(items);
    this.line = new EventLine(pieces);
    this.texts = new ResponsesTexts(items, line);
  }

  /// What comes after the end is left out.
  void take(ObjectNode event, Sink out) throws IOException {
    line.came(event);
    if (ended) {
      return;
    }
    ResponsesForm.require(event);
    String type = ResponsesItems.type(event);
    if (ResponsesForm.isSnapshot(type) && event.get("response") instanceof ObjectNode response) {
      response(type, event, response, out);
    } else if (type.equals("error") || (type.isEmpty() && event.hasNonNull("error"))) {
      fail(event, out);
    } else if (type.equals(ResponsesEvents.ADDED)) {
      add(event, out);
    } else if (type.equals(ResponsesEvents.DONE)) {
      finish(event, out);
    } else {
      other(type, event, out);
    }
  }

  void end() throws ModelProtocolException {
    if (!ended) {
      throw new ModelProtocolException("the stream ended before the response did");
    }
  }

  /// What the client has got, in its order.
  List<ObjectNode> output() {
    return output.left();
  }

  /// The response as it is at its end, empty if it failed or goes on.
  Optional<ObjectNode> completed() {
    return completed;
  }

  private void add(ObjectNode event, Sink out) throws IOException {
    ObjectNode item = item(event);
    OutputItem added = output.add(event, item);
    if (added.isCall()) {
      keep(added, event);
      return;
    }
    output.show(added);
    boolean touched = ResponsesEvents.empty(item, LATER);
    touched |= items.redact(item, added);
    touched |= items.redactEvent(event, ITEM);
    touched |= added.renumber(event);
    line.leave(event, touched, out);
  }

  private static ObjectNode item(ObjectNode event) throws ModelProtocolException {
    if (event.get("item") instanceof ObjectNode item) {
      return item;
    }
    throw new ModelProtocolException("an event of an output item is without the item");
  }

  private void keep(OutputItem call, ObjectNode event) throws ModelProtocolException {
    if (pieces == EventPieces.WHOLE) {
      kept += ResponsesForm.size(event);
      ResponsesForm.requireHoldable(kept);
      call.events().add(event);
    }
  }

  private void finish(ObjectNode event, Sink out) throws IOException {
    ObjectNode item = item(event);
    OutputItem finished = output.finishing(event, item);
    if (finished.isCall()) {
      keep(finished, event);
      decide(finished, item, out);
      return;
    }
    texts.finish(finished, out);
    boolean touched = items.redact(item, finished);
    finished.finish(item);
    touched |= items.redactEvent(event, ITEM);
    touched |= finished.renumber(event);
    line.leave(event, touched, out);
  }

  private void decide(OutputItem call, ObjectNode item, Sink out) throws IOException {
    boolean asItCame = call.isOnlyRepeatedBy(item);
    ObjectNode before = asItCame ? item.deepCopy() : item;
    if (!callItems.release(item)) {
      call.withhold();
      return;
    }
    output.show(call);
    call.finish(item);
    if (asItCame && before.equals(item)) {
      for (ObjectNode event : call.events()) {
        boolean last = ResponsesItems.type(event).equals(ResponsesEvents.DONE);
        boolean touched = items.redactTold(event);
        touched |= last && calls.putToken(event, ResponsesCalls.callId(item));
        touched |= call.renumber(event);
        line.leave(event, touched, out);
      }
      return;
    }
    for (ObjectNode event : ResponsesEvents.before(item, call.index())) {
      line.leave(event, true, out);
    }
    ObjectNode done = ResponsesEvents.done(item, call.index());
    calls.putToken(done, ResponsesCalls.callId(item));
    line.leave(done, true, out);
  }

  private void other(String type, ObjectNode event, Sink out) throws IOException {
    OutputItem item = output.of(event);
    if (item.isCall()) {
      texts.count(event);
      keep(item, event);
    } else if (CALL_TEXTS.contains(type)) {
      throw new ModelProtocolException("arguments of a call that was not made");
    } else if (type.endsWith(ResponsesTexts.DELTA) && event.path("delta").isTextual()) {
      texts.delta(type, item, event, out);
    } else if (type.equals("response.output_text.annotation.added")) {
      texts.annotation(item, event, out);
    } else if (ResponsesForm.isOfPart(type) && event.get("part") instanceof ObjectNode part) {
      texts.part(type, item, event, part, out);
    } else {
      texts.rest(type, item, event, out);
    }
  }

  private void finishTexts(Sink out) throws IOException {
    for (OutputItem item : output.shown()) {
      if (!item.isDone()) {
        texts.finish(item, out);
      }
    }
    texts.finish(output.nowhere(), out);
  }

  private void fail(ObjectNode event, Sink out) throws IOException {
    ended = true;
    finishTexts(out);
    line.leave(event, items.redactEvent(event, Set.of()), out);
  }

  private void response(String type, ObjectNode event, ObjectNode response, Sink out)
      throws IOException {
    boolean failed = FAILURES.contains(type);
    boolean complete = ENDS.contains(type);
    ended = failed || complete;
    boolean touched = false;
    if (ended) {
      finishTexts(out);
    }
    if (complete) {
      leftOver(response, out);
      touched = calls.putTokens(response);
      completed = Optional.of(response);
    }
    touched |= items.redactFrame(response);
    touched |= ResponsesAnswers.putOutput(response, output.left());
    touched |= items.redactEvent(event, RESPONSE);
    line.leave(event, touched, out);
  }

  /// What only the response's end tells, and what stands in the place of the calls.
  private void leftOver(ObjectNode response, Sink out) throws IOException {
    for (OutputItems.Told told : output.told(response)) {
      OutputItem item = told.item();
      if (item.isCall()) {
        decide(item, told.last(), out);
      } else {
        items.redact(told.last(), item);
        item.finish(told.last());
        if (item.index() == OutputItem.NOWHERE) {
          output.show(item);
          emit(told.last(), item.index(), out);
        }
      }
    }
    Optional<String> explanation = calls.explanation();
    if (explanation.isPresent()) {
      ObjectNode message = ResponsesAnswers.explanation(calls, explanation.get());
      OutputItem added = output.append(message);
      added.finish(message);
      emit(message, added.index(), out);
    }
  }

  private void emit(ObjectNode item, int index, Sink out) throws IOException {
    for (ObjectNode event : ResponsesEvents.before(item, index)) {
      line.leave(event, true, out);
    }
    line.leave(ResponsesEvents.done(item, index), true, out);
  }
}
