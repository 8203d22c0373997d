package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.AnswerFilter.Sink;
import dev.interceptor.server.chat.OutputItem.Part;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/// The events of one streamed Responses answer that bring the texts of its items: pieces, ends, and
/// what points into them.
final class ResponsesTexts {
  /// Longest text of one answer, in chars.
  static final int MAX = 16 * 1024 * 1024;

  /// How the types of events end that bring a piece of a text.
  static final String DELTA = ".delta";

  private static final Set<String> PARTS = Set.of("part");
  private static final Set<String> DELTAS = Set.of("delta");
  private static final Set<String> PART_LATER =
      Set.of("text", "refusal", "annotations", "logprobs");

  /// The members in which the end of a text repeats it.
  private static final Set<String> TEXTS =
      Set.of("text", "refusal", "arguments", "code", "transcript");

  private final ResponsesItems items;
  private final EventLine line;
  private int came;

  ResponsesTexts(ResponsesItems items, EventLine line) {
    this.items = items;
    this.line = line;
  }

  void delta(String type, OutputItem item, ObjectNode event, Sink out) throws IOException {
    boolean touched = items.redactEvent(event, DELTAS);
    touched |= item.renumber(event);
    if (type.equals("response.audio.delta")) {
      line.leave(event, touched, out);
      return;
    }
    count(event);
    AnswerText text = item.part(type, event).text();
    line.leave(event, touched, text, event.get("delta").textValue(), out);
  }

  /// Counts the text of an event.
  ///
  /// @throws ModelProtocolException if the answer has too much
  void count(ObjectNode event) throws ModelProtocolException {
    came += AnswerMembers.text(event, "delta").length();
    if (came > MAX) {
      throw new ModelProtocolException("an answer of more than " + MAX + " characters");
    }
  }

  /// Points into a text, so it has no sense once that was changed.
  void annotation(OutputItem item, ObjectNode event, Sink out) throws IOException {
    if (!item.part(ResponsesItems.OUTPUT_TEXT, event).text().isChanged()) {
      boolean touched = items.redactEvent(event, Set.of());
      line.leave(event, item.renumber(event) || touched, out);
    }
  }

  void part(String type, OutputItem item, ObjectNode event, ObjectNode part, Sink out)
      throws IOException {
    boolean touched = item.renumber(event);
    if (type.endsWith(".added")) {
      touched |= ResponsesEvents.empty(part, PART_LATER);
    } else {
      finish(item, out);
    }
    touched |= items.redactPart(part, OutputItem.index(event), item);
    touched |= items.redactEvent(event, PARTS);
    line.leave(event, touched, out);
  }

  /// Any other event of an item, be it the end of a text or not.
  void rest(String type, OutputItem item, ObjectNode event, Sink out) throws IOException {
    boolean touched = endOfText(type, item, event, out);
    line.leave(event, item.renumber(event) || touched, out);
  }

  /// The end of a text repeats it; all else is redacted by itself.
  private boolean endOfText(String type, OutputItem item, ObjectNode event, Sink out)
      throws IOException {
    Optional<String> text = textEndedBy(type, event);
    if (text.isEmpty()) {
      return items.redactEvent(event, Set.of());
    }
    Part ended = item.part(type.substring(0, type.length() - ".done".length()) + DELTA, event);
    line.finish(ended.text(), ended.delta(item), out);
    String whole = event.get(text.get()).textValue();
    String seen = ended.text().complete(whole);
    boolean changed = !seen.equals(whole);
    if (changed) {
      event.put(text.get(), seen);
      ResponsesItems.dropCopies(event);
    }
    return items.redactEvent(event, Set.of(text.get())) || changed;
  }

  private static Optional<String> textEndedBy(String type, ObjectNode event) {
    return type.endsWith(".done")
        ? TEXTS.stream().filter(member -> event.path(member).isTextual()).findFirst()
        : Optional.empty();
  }

  /// Lets go of what was held back of the texts of an item, which are complete.
  void finish(OutputItem item, Sink out) throws IOException {
    for (Part part : item.parts()) {
      line.finish(part.text(), part.delta(item), out);
    }
  }
}
