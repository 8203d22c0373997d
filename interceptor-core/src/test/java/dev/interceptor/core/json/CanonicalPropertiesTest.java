package dev.interceptor.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalPropertiesTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theCanonicalFormIsReadBackAsItself(long seed) throws Exception {
    JsonValue value = value(new Random(seed), 5);
    byte[] once = CanonicalJson.bytes(value);
    JsonValue again = StrictJson.parse(once, JsonLimits.DEFAULT);
    assertThat(again).isEqualTo(value);
    assertThat(CanonicalJson.bytes(again)).isEqualTo(once);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anotherParserReadsTheSameValue(long seed) throws Exception {
    JsonValue value = value(new Random(seed), 5);
    JsonNode read = JACKSON.readTree(CanonicalJson.bytes(value));
    assertThat(asDoubles(read)).isEqualTo(node(value));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theOrderOfMembersDoesNotMatter(long seed) {
    Random random = new Random(seed);
    Map<String, JsonValue> members = members(random, 4);
    List<String> names = new ArrayList<>(members.keySet());
    Collections.shuffle(names, random);
    Map<String, JsonValue> shuffled = new LinkedHashMap<>();
    names.forEach(name -> shuffled.put(name, members.get(name)));
    assertThat(CanonicalJson.bytes(new JsonObject(shuffled)))
        .isEqualTo(CanonicalJson.bytes(new JsonObject(members)));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noTextOfAnyBytesDoesMoreThanBeRefused(long seed) {
    Random random = new Random(seed);
    byte[] text = CanonicalJson.bytes(value(random, 4));
    for (int flips = 0; flips < 100; flips++) {
      byte[] damaged = text.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        byte[] canonical = CanonicalJson.bytes(StrictJson.parse(damaged, JsonLimits.DEFAULT));
        assertThat(CanonicalJson.bytes(StrictJson.parse(canonical, JsonLimits.DEFAULT)))
            .isEqualTo(canonical);
      } catch (MalformedJsonException refused) {
        assertThat(refused.offset()).isBetween(0, damaged.length);
      }
    }
  }

  @Test
  void namesAreOrderedByUtf16CodeUnitsAndNotByCodePoints() throws Exception {
    String text = "{\"\uFB33\":1,\"\uD83D\uDE00\":2,\"\u20ac\":3,\"\u0080\":4,\"a\":5,\"\\r\":6}";
    assertThat(canonical(text))
        .isEqualTo("{\"\\r\":6,\"a\":5,\"\u0080\":4,\"\u20ac\":3,\"\uD83D\uDE00\":2,\"\uFB33\":1}");
  }

  @Test
  void onlyWhatMustBeEscapedIsEscaped() throws Exception {
    assertThat(
            canonical("\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\\\/\\u007f\\u2028\""))
        .isEqualTo("\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u007f\u2028\"");
  }

  private static String canonical(String text) throws MalformedJsonException {
    return new String(
        CanonicalJson.bytes(StrictJson.parse(text.getBytes(UTF_8), JsonLimits.DEFAULT)), UTF_8);
  }

  private static JsonValue value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> JsonNull.NULL;
      case 1 -> JsonBoolean.of(random.nextBoolean());
      case 2, 3 -> new JsonNumber(number(random));
      case 4 -> new JsonString(string(random));
      case 5 ->
          new JsonArray(
              random.ints(random.nextInt(6)).mapToObj(i -> value(random, depth - 1)).toList());
      default -> new JsonObject(members(random, depth - 1));
    };
  }

  private static Map<String, JsonValue> members(Random random, int depth) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      members.put(string(random), value(random, depth));
    }
    return members;
  }

  /// Any double that the gate lets through: not the integers that are written without an exponent.
  private static double number(Random random) {
    double value =
        switch (random.nextInt(4)) {
          case 0 -> random.nextInt();
          case 1 -> random.nextLong() >> 11;
          case 2 -> random.nextInt() / 1000.0;
          default -> Double.longBitsToDouble(random.nextLong());
        };
    double magnitude = Math.abs(value);
    boolean refused = !Double.isFinite(value) || (magnitude >= 0x1p53 && magnitude < 1e21);
    return refused ? 0.5 : value;
  }

  private static String string(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      int bound = new int[] {0x20, 0x80, 0x800, 0x10000, 0x110000}[random.nextInt(5)];
      int c = random.nextInt(bound);
      text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? '"' : c);
    }
    return text.toString();
  }

  private static JsonNode node(JsonValue value) {
    return switch (value) {
      case JsonNull ignored -> NODES.nullNode();
      case JsonBoolean bool -> NODES.booleanNode(bool.value());
      case JsonNumber number -> NODES.numberNode(number.value());
      case JsonString string -> NODES.textNode(string.value());
      case JsonArray array ->
          NODES.arrayNode().addAll(array.elements().stream().map(v -> node(v)).toList());
      case JsonObject object -> {
        ObjectNode node = NODES.objectNode();
        object.members().forEach((name, member) -> node.set(name, node(member)));
        yield node;
      }
    };
  }

  /// Jackson keeps integers apart from doubles; JSON does not.
  private static JsonNode asDoubles(JsonNode read) {
    if (read.isArray()) {
      var array = NODES.arrayNode();
      read.forEach(element -> array.add(asDoubles(element)));
      return array;
    }
    if (read.isObject()) {
      ObjectNode object = NODES.objectNode();
      read.properties().forEach(m -> object.set(m.getKey(), asDoubles(m.getValue())));
      return object;
    }
    return read.isNumber() ? NODES.numberNode(read.doubleValue()) : read;
  }
}
