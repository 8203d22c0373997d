package dev.interceptor.core.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One pass over one text. Open containers are kept in a list of their own, so no text needs more
/// of the thread's stack than another.
final class JsonParser {
  private final byte[] text;
  private final JsonLimits limits;
  private final StringScanner strings;
  private final NumberScanner numbers;
  private int at;

  JsonParser(byte[] text, JsonLimits limits, NumberScanner.Fidelity fidelity) {
    this.text = text;
    this.limits = limits;
    this.strings = new StringScanner(text);
    this.numbers = new NumberScanner(text, fidelity);
  }

  JsonValue document() throws MalformedJsonException {
    start();
    JsonValue value = value();
    finish();
    return value;
  }

  JsonObject objectDocument() throws MalformedJsonException {
    start();
    if (text[at] != '{') {
      throw fault("expected a JSON object");
    }
    JsonValue value = value();
    finish();
    return (JsonObject) value;
  }

  private void start() throws MalformedJsonException {
    if (text.length > limits.maxBytes()) {
      throw new MalformedJsonException(
          "text is longer than " + limits.maxBytes() + " bytes", limits.maxBytes());
    }
    refuseOtherEncodings();
    skipSpace();
    if (at == text.length) {
      throw fault("text is empty; a JSON value is required");
    }
  }

  private void refuseOtherEncodings() throws MalformedJsonException {
    int first = text.length > 0 ? text[0] & 0xFF : -1;
    int second = text.length > 1 ? text[1] & 0xFF : -1;
    if (first == 0xEF && second == 0xBB) {
      throw fault("byte order mark; send UTF-8 without one");
    }
    boolean marked = (first == 0xFE && second == 0xFF) || (first == 0xFF && second == 0xFE);
    if (marked || first == 0 || second == 0) {
      throw fault("text is not UTF-8; send UTF-8");
    }
  }

  private void finish() throws MalformedJsonException {
    skipSpace();
    if (at < text.length) {
      throw fault("more text after the end of the value");
    }
  }

  private JsonValue value() throws MalformedJsonException {
    Container open = null;
    while (true) {
      int next = peek();
      if (next == '{' || next == '[') {
        open = next == '{' ? new ObjectParts(open) : new ArrayParts(open);
        enter(open.depth);
        if (peek() != open.closing()) {
          open.beginElement(this);
          continue;
        }
      } else if (open == null) {
        return scalar(next);
      } else {
        open.add(scalar(next));
      }
      while (endsHere(open)) {
        JsonValue complete = open.complete();
        open = open.parent;
        if (open == null) {
          return complete;
        }
        open.add(complete);
      }
      open.beginElement(this);
    }
  }

  private JsonValue scalar(int next) throws MalformedJsonException {
    return switch (next) {
      case '"' -> new JsonString(string());
      case 't' -> word("true", JsonBoolean.TRUE);
      case 'f' -> word("false", JsonBoolean.FALSE);
      case 'n' -> word("null", JsonNull.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      case -1 -> throw fault("text ends where a value is expected");
      default -> throw fault("expected a value");
    };
  }

  /// Reads a member name and its colon; the next value follows at once.
  private String memberName() throws MalformedJsonException {
    if (peek() != '"') {
      throw fault("expected a member name in double quotes");
    }
    String name = string();
    skipSpace();
    if (peek() != ':') {
      throw fault("expected a colon after the member name");
    }
    at++;
    skipSpace();
    return name;
  }

  private void enter(int depth) throws MalformedJsonException {
    if (depth > limits.maxDepth()) {
      throw fault("nested deeper than " + limits.maxDepth() + " levels");
    }
    at++;
    skipSpace();
  }

  /// Steps over the closing bracket, or over the comma before the next element.
  private boolean endsHere(Container open) throws MalformedJsonException {
    skipSpace();
    int next = peek();
    boolean ends = next == open.closing();
    if (!ends && next != ',') {
      throw fault(open.otherwise());
    }
    at++;
    if (ends) {
      return true;
    }
    skipSpace();
    if (peek() == open.closing()) {
      throw fault("nothing follows the comma");
    }
    return false;
  }

  private String string() throws MalformedJsonException {
    String value = strings.scan(at);
    at = strings.end();
    return value;
  }

  private JsonNumber number() throws MalformedJsonException {
    double value = numbers.scan(at);
    at = numbers.end();
    return new JsonNumber(value);
  }

  private JsonValue word(String word, JsonValue meaning) throws MalformedJsonException {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= text.length || text[at + i] != word.charAt(i)) {
        throw fault("expected a value");
      }
    }
    at += word.length();
    return meaning;
  }

  private void skipSpace() {
    while (at < text.length) {
      byte next = text[at];
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return;
      }
      at++;
    }
  }

  /// The next byte, or -1 at the end of the text.
  private int peek() {
    return at < text.length ? text[at] & 0xFF : -1;
  }

  private MalformedJsonException fault(String problem) {
    return new MalformedJsonException(problem, at);
  }

  private abstract static sealed class Container {
    final @Nullable Container parent;
    final int depth;

    Container(@Nullable Container parent) {
      this.parent = parent;
      this.depth = parent == null ? 1 : parent.depth + 1;
    }

    abstract char closing();

    abstract String otherwise();

    /// Reads what stands before the value of the next element.
    abstract void beginElement(JsonParser parser) throws MalformedJsonException;

    abstract void add(JsonValue value) throws MalformedJsonException;

    abstract JsonValue complete();
  }

  private static final class ArrayParts extends Container {
    private final List<JsonValue> elements = new ArrayList<>();

    ArrayParts(@Nullable Container parent) {
      super(parent);
    }

    @Override
    char closing() {
      return ']';
    }

    @Override
    String otherwise() {
      return "expected a comma or a closing bracket";
    }

    @Override
    void beginElement(JsonParser parser) {}

    @Override
    void add(JsonValue value) {
      elements.add(value);
    }

    @Override
    JsonValue complete() {
      return elements.isEmpty() ? JsonArray.EMPTY : new JsonArray(elements);
    }
  }

  private static final class ObjectParts extends Container {
    private final Map<String, JsonValue> members = new LinkedHashMap<>();
    private String name = "";
    private int nameAt;

    ObjectParts(@Nullable Container parent) {
      super(parent);
    }

    @Override
    char closing() {
      return '}';
    }

    @Override
    String otherwise() {
      return "expected a comma or a closing brace";
    }

    @Override
    void beginElement(JsonParser parser) throws MalformedJsonException {
      nameAt = parser.at;
      name = parser.memberName();
    }

    @Override
    void add(JsonValue value) throws MalformedJsonException {
      if (members.put(name, value) != null) {
        throw new MalformedJsonException("duplicate member name", nameAt);
      }
    }

    @Override
    JsonValue complete() {
      return members.isEmpty() ? JsonObject.EMPTY : new JsonObject(new OrderedMembers(members));
    }
  }
}
