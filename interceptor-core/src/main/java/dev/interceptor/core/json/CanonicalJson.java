package dev.interceptor.core.json;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/// The canonical form of RFC 8785: members in the order of their names' UTF-16 code units, numbers
/// as ECMAScript writes them, no white space, UTF-8.
///
/// Equal values have equal bytes and different values have different bytes. Any depth is written
/// without recursion.
public final class CanonicalJson {
  private final Utf8Sink sink = new Utf8Sink();
  private final Deque<Container> open = new ArrayDeque<>();

  private CanonicalJson() {}

  public static byte[] bytes(JsonValue value) {
    return new CanonicalJson().write(value);
  }

  private byte[] write(JsonValue root) {
    value(root);
    while (!open.isEmpty()) {
      Container container = open.getLast();
      if (container.next == container.size()) {
        sink.ascii(container.closing());
        open.removeLast();
        continue;
      }
      if (container.next > 0) {
        sink.ascii(',');
      }
      value(container.advance(sink));
    }
    return sink.toBytes();
  }

  /// Writes a value that has no parts, or opens a container.
  private void value(JsonValue value) {
    switch (value) {
      case JsonObject object -> {
        sink.ascii('{');
        open.addLast(new ObjectParts(object));
      }
      case JsonArray array -> {
        sink.ascii('[');
        open.addLast(new ArrayParts(array.elements()));
      }
      case JsonString string -> sink.string(string.value());
      case JsonNumber number -> sink.number(number.value());
      case JsonBoolean bool -> sink.ascii(bool.value() ? "true" : "false");
      case JsonNull ignored -> sink.ascii("null");
    }
  }

  private abstract static sealed class Container {
    int next;

    abstract int size();

    abstract char closing();

    /// Writes what stands before the next part, and steps over that part.
    abstract JsonValue advance(Utf8Sink sink);
  }

  private static final class ArrayParts extends Container {
    private final List<JsonValue> elements;

    ArrayParts(List<JsonValue> elements) {
      this.elements = elements;
    }

    @Override
    int size() {
      return elements.size();
    }

    @Override
    char closing() {
      return ']';
    }

    @Override
    JsonValue advance(Utf8Sink sink) {
      return elements.get(next++);
    }
  }

  private static final class ObjectParts extends Container {
    private final JsonObject object;
    private final String[] names;

    ObjectParts(JsonObject object) {
      this.object = object;
      this.names = object.members().keySet().toArray(String[]::new);
      // String.compareTo compares UTF-16 code units, which is the order of RFC 8785 §3.2.3.
      Arrays.sort(names);
    }

    @Override
    int size() {
      return names.length;
    }

    @Override
    char closing() {
      return '}';
    }

    @Override
    JsonValue advance(Utf8Sink sink) {
      String name = names[next++];
      sink.string(name);
      sink.ascii(':');
      return Objects.requireNonNull(object.members().get(name));
    }
  }
}
