package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.AnswerRedaction;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The texts of one streamed choice: members of its deltas, and members of the elements of lists of
/// content parts, told apart by the parts' type.
///
/// *Guarantees*: while texts are redacted, what may go on in a later chunk without being one of
/// these texts does not leave: `reasoning_details`, and texts nested deeper in a part.
final class ChatTexts {
  static final List<String> FIELDS =
      List.of("content", "refusal", "reasoning", "reasoning_content", "reasoning_details");
  private static final String DETAILS = "reasoning_details";

  /// Most texts of one choice.
  private static final int MOST = 256;

  private static final Set<String> PARTS = Set.of("text", "summary", "thinking", "content");
  private static final String AUDIO = "audio";
  private static final String TRANSCRIPT = "transcript";

  private final AnswerRedaction redaction;
  private final TextScreen screen;
  private final AnswerLength length;
  private final Map<String, Spot> spots = new LinkedHashMap<>();

  /// @param field of the delta
  /// @param frame what stands around the text there, without texts
  private record Spot(AnswerText text, String field, JsonNode frame, String member) {
    void put(ObjectNode delta, String piece) {
      if (!(frame instanceof ObjectNode element)) {
        delta.put(field, piece);
        return;
      }
      ObjectNode holder = element.deepCopy().put(member, piece);
      if (field.equals(AUDIO)) {
        delta.set(field, holder);
      } else {
        delta.withArrayProperty(field).add(holder);
      }
    }
  }

  ChatTexts(AnswerRedaction redaction, TextScreen screen, AnswerLength length) {
    this.redaction = redaction;
    this.screen = screen;
    this.length = length;
  }

  /// Takes a delta's texts in.
  ///
  /// @param pieces gets them
  /// @return whether the delta is no longer as it came
  boolean take(ObjectNode delta, List<ChatLine.Piece> pieces) throws ModelProtocolException {
    boolean touched = false;
    for (String field : FIELDS) {
      JsonNode said = delta.path(field);
      if (said.isTextual()) {
        take(new ChatLine.Holder(delta, field), field, field, delta.nullNode(), pieces);
      } else if (redaction.looksForAnything()
          && (said.isObject() || (said.isArray() && field.equals(DETAILS)))) {
        delta.remove(field);
        touched = true;
      } else if (said instanceof ArrayNode list) {
        touched |= list(field, list, pieces);
      } else if (!said.isObject()) {
        touched |= AnswerMembers.dropUnlessText(delta, field);
      }
    }
    if (delta.get(AUDIO) instanceof ObjectNode audio) {
      touched |= screen.redact(audio, Set.of("data", TRANSCRIPT));
      touched |= AnswerMembers.dropUnlessText(audio, TRANSCRIPT);
      ObjectNode frame = JsonNodeFactory.instance.objectNode();
      take(new ChatLine.Holder(audio, TRANSCRIPT), AUDIO, AUDIO, frame, pieces);
    }
    return touched;
  }

  private boolean list(String field, ArrayNode list, List<ChatLine.Piece> pieces)
      throws ModelProtocolException {
    boolean looking = redaction.looksForAnything();
    boolean touched = false;
    for (Iterator<JsonNode> elements = list.iterator(); elements.hasNext(); ) {
      if (elements.next() instanceof ObjectNode element) {
        touched |= screen.redact(element, PARTS);
        touched |= looking && dropNested(element);
        element(field, element, pieces);
      } else if (looking) {
        elements.remove();
        touched = true;
      }
    }
    return touched;
  }

  private static boolean dropNested(ObjectNode element) {
    boolean dropped = false;
    for (String part : PARTS) {
      dropped |= AnswerMembers.dropUnlessText(element, part);
    }
    return dropped;
  }

  /// Parts of type `text` go on with what came as the field's own text.
  private void element(String field, ObjectNode element, List<ChatLine.Piece> pieces)
      throws ModelProtocolException {
    String type = AnswerMembers.text(element, "type");
    for (String part : PARTS) {
      boolean plain = part.equals("text") && (type.isEmpty() || type.equals("text"));
      String key = plain ? field : field + "/" + type + "/" + part;
      ObjectNode frame = element.deepCopy().without(PARTS);
      take(new ChatLine.Holder(element, part), key, field, frame, pieces);
    }
  }

  private void take(
      ChatLine.Holder holder, String key, String field, JsonNode frame, List<ChatLine.Piece> pieces)
      throws ModelProtocolException {
    String piece = AnswerMembers.text(holder.object(), holder.member());
    if (piece.isEmpty()) {
      return;
    }
    Spot spot =
        spots.computeIfAbsent(
            key, _ -> new Spot(new AnswerText(redaction.stream()), field, frame, holder.member()));
    if (spots.size() > MOST) {
      throw new ModelProtocolException("more than " + MOST + " texts in one choice");
    }
    length.add(piece.length());
    boolean _ = spot.text().push(piece);
    pieces.add(new ChatLine.Piece(holder, spot.text()));
  }

  /// Nothing more will come.
  void finish() {
    spots.values().forEach(spot -> spot.text().finish());
  }

  /// Whether the client has seen a word of `content`.
  boolean hasContent() {
    return spots.values().stream()
        .anyMatch(spot -> spot.field().equals("content") && spot.text().visible() > 0);
  }

  /// What was held back of the texts, as a delta; empty if nothing was.
  ///
  /// @param except texts that leave otherwise
  Optional<ObjectNode> rest(Predicate<AnswerText> except) {
    ObjectNode delta = JsonNodeFactory.instance.objectNode();
    for (Spot spot : spots.values()) {
      String rest = except.test(spot.text()) ? "" : spot.text().rest();
      if (!rest.isEmpty()) {
        spot.put(delta, rest);
      }
    }
    return delta.isEmpty() ? Optional.empty() : Optional.of(delta);
  }
}
