package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The events of a Responses stream in the order in which they leave, numbered without gaps.
final class EventLine {
  private static final String NUMBER = "sequence_number";

  private final EventPieces pieces;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long next = -1;
  private int held;

  EventLine(EventPieces pieces) {
    this.pieces = pieces;
  }

  /// An event and, while it is as it came, the text that it has to wait for.
  private static final class Waiting {
    final ObjectNode event;
    final int end;
    final int size;
    boolean touched;
    @Nullable AnswerText text;

    Waiting(ObjectNode event, boolean touched, @Nullable AnswerText text, int end) {
      this.event = event;
      this.touched = touched;
      this.text = text;
      this.end = end;
      this.size = ResponsesForm.size(event);
    }
  }

  /// An event has come: the first one has the first number.
  void came(ObjectNode event) {
    if (next < 0) {
      next = Math.max(0, event.path(NUMBER).asLong(0));
    }
  }

  /// @param touched whether the event is no longer as it came
  void leave(ObjectNode event, boolean touched, AnswerFilter.Sink out) throws IOException {
    add(new Waiting(event, touched, null, 0));
    drain(out);
  }

  /// An event with a piece of a text, in its member `delta`.
  void leave(
      ObjectNode event, boolean touched, AnswerText text, String piece, AnswerFilter.Sink out)
      throws IOException {
    boolean inStep = text.push(piece);
    if (text.isChanged() || (!inStep && pieces == EventPieces.SPLIT)) {
      flush(text, event);
    } else {
      add(new Waiting(event, touched, text, text.came()));
    }
    drain(out);
  }

  /// A text is complete.
  ///
  /// @param delta for what was held back of it, without its text
  void finish(AnswerText text, ObjectNode delta, AnswerFilter.Sink out) throws IOException {
    text.finish();
    if (text.isChanged() || pieces == EventPieces.SPLIT) {
      flush(text, delta);
    }
    drain(out);
  }

  /// What may be seen of a text leaves with the first event that waits for it, whose successors go,
  /// or else with `delta`.
  private void flush(AnswerText text, ObjectNode delta) {
    ObjectNode carrier = delta;
    boolean carried = false;
    String rest = text.rest();
    for (Iterator<Waiting> events = waiting.iterator(); events.hasNext(); ) {
      Waiting event = events.next();
      if (event.text != text) {
        continue;
      }
      if (carried || rest.isEmpty()) {
        events.remove();
        held -= event.size;
      } else {
        carried = true;
        event.text = null;
        event.touched = true;
        carrier = event.event;
      }
    }
    if (rest.isEmpty()) {
      return;
    }
    carrier.put("delta", rest);
    ResponsesItems.dropCopies(carrier);
    if (!carried) {
      add(new Waiting(carrier, true, null, 0));
    }
  }

  private void add(Waiting event) {
    waiting.add(event);
    held += event.size;
  }

  private void drain(AnswerFilter.Sink out) throws IOException {
    for (Waiting first = waiting.peek(); first != null; first = waiting.peek()) {
      AnswerText text = first.text;
      if (text != null) {
        if (text.visible() < first.end) {
          ResponsesForm.requireHoldable(held);
          return;
        }
        text.sentUpTo(first.end);
      }
      waiting.remove();
      held -= first.size;
      send(first.event, first.touched, out);
    }
  }

  private void send(ObjectNode event, boolean touched, AnswerFilter.Sink out) throws IOException {
    long number = next++;
    boolean renumbered = event.has(NUMBER) ? event.path(NUMBER).asLong(-1) != number : touched;
    if (renumbered) {
      event.put(NUMBER, number);
    }
    if (touched || renumbered) {
      out.send(event);
    } else {
      out.pass(event);
    }
  }
}
