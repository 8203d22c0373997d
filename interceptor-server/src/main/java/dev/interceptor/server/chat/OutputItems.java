package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The output items of one streamed Responses answer: as the model counts them, and as the client
/// does.
final class OutputItems {
  /// Most items of one answer.
  static final int MAX = 4096;

  private final ResponsesItems items;
  private final Map<Integer, OutputItem> byIndex = new HashMap<>();
  private final List<OutputItem> all = new ArrayList<>();
  private final List<OutputItem> shown = new ArrayList<>();
  private final OutputItem nowhere;

  OutputItems(ResponsesItems items) {
    this.items = items;
    this.nowhere = new OutputItem(items, JsonNodeFactory.instance.objectNode());
  }

  /// An item as the end of the response tells it.
  record Told(OutputItem item, ObjectNode last) {}

  /// What events that belong to no item belong to.
  OutputItem nowhere() {
    return nowhere;
  }

  /// Those that the client sees, in its order.
  List<OutputItem> shown() {
    return shown;
  }

  /// Those that are done and that the client has got, in its order.
  List<ObjectNode> left() {
    return shown.stream().flatMap(item -> item.last().stream()).toList();
  }

  /// @param event the first event of the item
  OutputItem add(ObjectNode event, ObjectNode item) throws ModelProtocolException {
    int index = index(event);
    OutputItem before = byIndex.get(index);
    if (before != null && !before.isDone()) {
      throw new ModelProtocolException(
          "an output item began before the last one of its index was done");
    }
    return add(index, item);
  }

  private OutputItem add(int index, ObjectNode item) throws ModelProtocolException {
    if (all.size() == MAX) {
      throw new ModelProtocolException("an answer of more than " + MAX + " items");
    }
    OutputItem added = new OutputItem(items, item);
    all.add(added);
    byIndex.put(index, added);
    return added;
  }

  private static int index(ObjectNode event) throws ModelProtocolException {
    if (!event.path("output_index").canConvertToInt() || event.path("output_index").asInt() < 0) {
      throw new ModelProtocolException("an event of an output item is without its index");
    }
    return event.path("output_index").asInt();
  }

  /// The item has its place among those that the client sees from now on.
  void show(OutputItem item) {
    item.showAt(shown.size());
    shown.add(item);
  }

  /// Adds an item that is not the model's.
  OutputItem append(ObjectNode item) {
    OutputItem appended = new OutputItem(items, item);
    show(appended);
    return appended;
  }

  /// The item that an event ends; it may be the first that tells of it.
  OutputItem finishing(ObjectNode event, ObjectNode item) throws ModelProtocolException {
    OutputItem known = byIndex.get(index(event));
    if (known == null || known.isDone()) {
      OutputItem added = add(index(event), item);
      if (!added.isCall()) {
        show(added);
      }
      return added;
    }
    if (!known.type().equals(ResponsesItems.type(item))
        || known.isCall() != ResponsesCalls.isCall(item)) {
      throw new ModelProtocolException("an output item became another one");
    }
    return known;
  }

  /// The item that an event is about.
  OutputItem of(ObjectNode event) throws ModelProtocolException {
    String id = AnswerMembers.text(event, "item_id");
    if (event.has("output_index")) {
      OutputItem known = byIndex.get(index(event));
      if (known == null || (!id.equals(known.id()) && withId(id) != null)) {
        throw new ModelProtocolException("an event of an output item that did not begin");
      }
      return known;
    }
    OutputItem known = withId(id);
    if (known != null) {
      return known;
    }
    if (!id.isEmpty() || event.has("item") || event.has("call_id")) {
      throw new ModelProtocolException("an event of an output item that did not begin");
    }
    return nowhere;
  }

  private @Nullable OutputItem withId(String id) {
    if (!id.isEmpty()) {
      for (OutputItem item : all) {
        if (item.id().equals(id)) {
          return item;
        }
      }
    }
    return null;
  }

  /// The items of a response that ended of which no event told, or not the end.
  List<Told> told(ObjectNode response) throws ModelProtocolException {
    List<Told> told = new ArrayList<>();
    int index = 0;
    for (JsonNode element : response.path("output")) {
      if (element instanceof ObjectNode last) {
        Optional<OutputItem> known = known(last, index);
        OutputItem item = known.isPresent() ? known.get() : add(index, last);
        if (!item.isDone()) {
          told.add(new Told(item, last));
        }
      }
      index++;
    }
    return told;
  }

  private Optional<OutputItem> known(ObjectNode item, int index) {
    for (OutputItem known : all) {
      if (known.is(item) && known.isCall() == ResponsesCalls.isCall(item)) {
        return Optional.of(known);
      }
    }
    return Optional.ofNullable(byIndex.get(index))
        .filter(known -> known.type().equals(ResponsesItems.type(item)))
        .filter(known -> known.isCall() == ResponsesCalls.isCall(item));
  }
}
