package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An output item of a Responses stream on its way.
final class OutputItem implements ResponsesItems.Texts {
  /// Of events that belong to no item.
  static final int NOWHERE = -1;

  private final ResponsesItems items;
  private final String type;
  private final String id;
  private final String callId;
  private final boolean call;
  private final List<Part> parts = new ArrayList<>();
  private final List<ObjectNode> events = new ArrayList<>();
  private int index = NOWHERE;
  private boolean done;
  private @Nullable ObjectNode last;

  /// @param opened as `response.output_item.added` has it
  OutputItem(ResponsesItems items, ObjectNode opened) {
    this.items = items;
    this.type = ResponsesItems.type(opened);
    this.id = AnswerMembers.text(opened, "id");
    this.callId = AnswerMembers.text(opened, "call_id");
    this.call = ResponsesCalls.isCall(opened);
  }

  /// A text of the item.
  ///
  /// @param event the type of its deltas
  /// @param place the member that tells its index, empty if it has none
  record Part(String event, String place, int index, AnswerText text) {
    /// An event for what is left of it, without the text.
    ObjectNode delta(OutputItem item) {
      ObjectNode delta = JsonNodeFactory.instance.objectNode();
      delta.put("type", event);
      if (item.index != NOWHERE) {
        delta.put("item_id", item.id);
        delta.put("output_index", item.index);
      }
      if (!place.isEmpty()) {
        delta.put(place, index);
      }
      if (event.equals(ResponsesItems.OUTPUT_TEXT)) {
        delta.putArray("logprobs");
      }
      return delta;
    }
  }

  String type() {
    return type;
  }

  String id() {
    return id;
  }

  boolean isCall() {
    return call;
  }

  /// Whether it is the same item as one that came later.
  boolean is(ObjectNode other) {
    return (!id.isEmpty() && id.equals(AnswerMembers.text(other, "id")))
        || (!callId.isEmpty() && callId.equals(AnswerMembers.text(other, "call_id")));
  }

  /// Its place among the items that the client sees.
  int index() {
    return index;
  }

  void showAt(int visibleIndex) {
    index = visibleIndex;
  }

  boolean isDone() {
    return done;
  }

  /// @param item as the client has got it
  void finish(ObjectNode item) {
    done = true;
    last = item;
  }

  /// The client gets nothing of it.
  void withhold() {
    done = true;
    events.clear();
  }

  /// As the client has got it, empty if it has not.
  Optional<ObjectNode> last() {
    return Optional.ofNullable(last);
  }

  /// The events of a call that waits for its verdict, where they may leave as they came.
  List<ObjectNode> events() {
    return events;
  }

  /// Whether the events of the call say the same as the whole call: nothing before and after its
  /// verdict differs.
  boolean isOnlyRepeatedBy(ObjectNode whole) {
    return !events.isEmpty() && RepeatedCall.isTold(whole, events);
  }

  /// Puts the item's place into an event.
  ///
  /// @return whether it was another
  boolean renumber(ObjectNode event) {
    if (!event.has("output_index") || event.path("output_index").asInt() == index) {
      return false;
    }
    event.put("output_index", index);
    return true;
  }

  List<Part> parts() {
    return parts;
  }

  /// The text that an event is about, which begins now if it is not known.
  Part part(String event, ObjectNode about) throws ModelProtocolException {
    return part(event, place(about), index(about));
  }

  /// The member that tells which part of its item an event is about, empty if none does.
  private static String place(ObjectNode event) {
    return event.has("content_index")
        ? "content_index"
        : event.has("summary_index") ? "summary_index" : "";
  }

  /// Which part of its item an event is about.
  static int index(ObjectNode event) {
    String place = place(event);
    return place.isEmpty() ? 0 : event.path(place).asInt();
  }

  private Part part(String event, String place, int at) throws ModelProtocolException {
    Part known = known(event, at);
    if (known != null) {
      return known;
    }
    Part begun = new Part(event, place, at, items.text());
    parts.add(begun);
    return begun;
  }

  private @Nullable Part known(String event, int at) {
    for (Part part : parts) {
      if (part.index == at && part.event.equals(event)) {
        return part;
      }
    }
    return null;
  }

  /// INVARIANT (CopiesOfATextAreAlike): what came in pieces is seen everywhere as its pieces were.
  @Override
  public String seen(String event, int part, String text) throws ModelProtocolException {
    return text.isEmpty() && known(event, part) == null
        ? ""
        : part(event, "", part).text.complete(text);
  }
}
