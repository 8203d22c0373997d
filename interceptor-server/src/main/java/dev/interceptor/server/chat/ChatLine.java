package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// The chunks of a chat completion in the order in which they leave, each with as much of its texts
/// as may be seen.
final class ChatLine {
  private final EventPieces pieces;
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  ChatLine(EventPieces pieces) {
    this.pieces = pieces;
  }

  /// Where a piece of a text stands.
  record Holder(ObjectNode object, String member) {}

  /// A piece of a text in a chunk.
  static final class Piece {
    private final Holder holder;
    private final AnswerText text;
    private final int end;
    private boolean placed;

    /// @param text has got the piece already
    Piece(Holder holder, AnswerText text) {
      this.holder = holder;
      this.text = text;
      this.end = text.came();
    }

    @SuppressWarnings("ReferenceEquality") // A text is one that grows, not what it says.
    boolean isOf(AnswerText other) {
      return text == other;
    }

    private boolean isVisible() {
      return placed || text.visible() >= end;
    }

    /// @return whether another text stands there now
    private boolean place() {
      placed = true;
      String rest = text.rest();
      if (rest.equals(AnswerMembers.text(holder.object(), holder.member()))) {
        return false;
      }
      holder.object().put(holder.member(), rest);
      return true;
    }
  }

  private static final class Waiting {
    private final ObjectNode event;
    private final List<Piece> texts;
    private boolean touched;

    Waiting(ObjectNode event, boolean touched, List<Piece> texts) {
      this.event = event;
      this.touched = touched;
      this.texts = texts;
    }
  }

  /// @param touched whether the chunk is no longer as it came
  /// @param texts its pieces of texts
  void leave(ObjectNode event, boolean touched, List<Piece> texts, AnswerFilter.Sink out)
      throws IOException {
    waiting.add(new Waiting(event, touched, texts));
    settle();
    drain(out);
  }

  /// Texts were completed: what waited for them may leave.
  void settled(AnswerFilter.Sink out) throws IOException {
    settle();
    drain(out);
  }

  /// Whether a chunk waits for a text that is to leave with it as it came.
  boolean awaits(AnswerText text) {
    return waiting.stream()
        .flatMap(chunk -> chunk.texts.stream())
        .anyMatch(piece -> piece.isOf(text) && !piece.placed);
  }

  /// Of a text that was changed, or that may leave in parts, what may be seen stands in the first
  /// chunk that waits for it.
  private void settle() {
    Set<AnswerText> whole = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Waiting chunk : waiting) {
      for (Piece piece : chunk.texts) {
        boolean kept = pieces == EventPieces.WHOLE || whole.contains(piece.text);
        if (piece.placed) {
          continue;
        }
        if (kept && !piece.text.isChanged()) {
          whole.add(piece.text);
        } else if (piece.place()) {
          chunk.touched = true;
          chunk.event.remove("obfuscation");
        }
      }
    }
  }

  private void drain(AnswerFilter.Sink out) throws IOException {
    while (!waiting.isEmpty() && waiting.peek().texts.stream().allMatch(Piece::isVisible)) {
      Waiting first = waiting.remove();
      for (Piece piece : first.texts) {
        if (!piece.placed) {
          piece.text.sentUpTo(piece.end);
        }
      }
      if (!first.touched) {
        out.pass(first.event);
      } else if (!isEmpty(first.event)) {
        out.send(first.event);
      }
    }
  }

  /// Whether nothing is left of a chunk but its frame.
  private static boolean isEmpty(ObjectNode event) {
    for (JsonNode choice : event.path("choices")) {
      if (choice.hasNonNull("finish_reason") || !isEmpty(choice.path("delta"))) {
        return false;
      }
    }
    return !event.path("choices").isEmpty() && !event.hasNonNull("usage");
  }

  private static boolean isEmpty(JsonNode delta) {
    for (JsonNode member : delta) {
      if (!member.isNull() && !(member.isTextual() && member.textValue().isEmpty())) {
        return false;
      }
    }
    return true;
  }
}
