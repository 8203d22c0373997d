package dev.interceptor.core.token;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// JSON texts of arguments: their canonical form and digest, or that they are refused.
record ArgumentCase(String id, String shows, String hex, boolean refused) {
  static List<ArgumentCase> all() {
    List<ArgumentCase> cases = new ArrayList<>();
    cases.addAll(numbers());
    cases.addAll(strings());
    cases.addAll(structure());
    cases.addAll(encodings());
    return cases;
  }

  private static List<ArgumentCase> numbers() {
    List<ArgumentCase> cases = new ArrayList<>();
    for (String number :
        List.of(
            "0",
            "-0",
            "-0.0",
            "0e999",
            "0.000",
            "1",
            "-1",
            "1.0",
            "1E0",
            "100e-2",
            "1e+2",
            "0.1",
            "1e-6",
            "0.000001",
            "1e-7",
            "0.0000001",
            "123456789012345680e5",
            "1e21",
            "1.0e21",
            "10e20",
            "-1e21",
            "1.5e300",
            "5e-324",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "9007199254740991",
            "-9007199254740991",
            "9007199254740991.0",
            "90071992547409910e-1",
            "0.30000000000000004",
            "333333333.3333333",
            "4.5",
            "2e-3",
            "0.00100",
            "1.10",
            "123e-20")) {
      cases.add(number(number, "a double holds it exactly as written", false));
    }
    cases.add(number("1e23", "read as the double whose shortest spelling is 1e+23", false));
    cases.add(number("9.999999999999999e22", "a longer spelling of the same double", true));
    cases.add(number("9007199254740.993", "the double is written 9007199254740.992", true));
    for (String number :
        List.of(
            "9007199254740992",
            "-9007199254740992",
            "9007199254740993",
            "1e16",
            "9007199254740992.0",
            "9007199254740992e0",
            "10000000000000000",
            "1e20",
            "100000000000000000000",
            "123456789012345678901234567890")) {
      cases.add(number(number, "an integer beyond 2^53-1", true));
    }
    for (String number : List.of("1000000000000000000000", "1000000000000000000000000")) {
      cases.add(number(number, "written as an integer and beyond 2^53-1", true));
    }
    for (String number :
        List.of("1e400", "-1e400", "1.7976931348623159e308", "1e309", "1e99999999999999999999")) {
      cases.add(number(number, "too large for a double", true));
    }
    for (String number :
        List.of("1e-400", "4e-324", "3e-324", "4.9e-324", "2.4703282292062327e-324")) {
      cases.add(number(number, "not the shortest spelling of the smallest double, or below", true));
    }
    for (String number :
        List.of(
            "0.1000000000000000055511151231257827",
            "3.141592653589793238",
            "0.30000000000000000004",
            "1.00000000000000001")) {
      cases.add(number(number, "more digits than a double holds", true));
    }
    for (String number :
        List.of(
            "+1",
            "01",
            "-01",
            "1.",
            ".5",
            "1e",
            "1e+",
            "0x10",
            "1_000",
            "NaN",
            "Infinity",
            "-Infinity",
            "--1",
            "1.e1",
            "-",
            "١",
            "1,0",
            "1f")) {
      cases.add(number(number, "not a JSON number", true));
    }
    return cases;
  }

  private static ArgumentCase number(String number, String shows, boolean refused) {
    return of("number " + number, shows, "{\"n\":" + number + "}", refused);
  }

  private static List<ArgumentCase> strings() {
    return List.of(
        of(
            "escapes",
            "every escape",
            "{\"s\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00E9\"}",
            false),
        of(
            "controls",
            "control characters are escaped in lower case",
            "{\"s\":\"\\u0000\\u0001\\u000B\\u001F\\u007f\"}",
            false),
        of(
            "line-separators",
            "U+2028 and U+2029 are written as they are",
            "{\"s\":\"\\u2028\\u2029\u2028\u2029\"}",
            false),
        of("pair-escaped", "a surrogate pair in escapes", "{\"s\":\"\\uD83D\\uDE00\"}", false),
        of("pair-raw", "the same character in UTF-8", "{\"s\":\"\ud83d\ude00\"}", false),
        of(
            "noncharacters",
            "U+FFFE, U+FFFF and U+10FFFF",
            "{\"s\":\"\\uFFFE\\uFFFF\\udbff\\udfff\"}",
            false),
        of("inner-bom", "U+FEFF inside a string", "{\"s\":\"\ufeff\"}", false),
        of("combining", "Unicode is not normalized", "{\"s\":\"e\u0301\u00e9\"}", false),
        of("lone-high", "a lone high surrogate", "{\"s\":\"\\ud83d\"}", true),
        of("lone-low", "a lone low surrogate", "{\"s\":\"\\ude00\"}", true),
        of("lone-in-name", "a lone surrogate in a name", "{\"\\ud83d\":1}", true),
        of("pair-reversed", "surrogates in the wrong order", "{\"s\":\"\\ude00\\ud83d\"}", true),
        of("pair-split", "a pair with a character between", "{\"s\":\"\\ud83dx\\ude00\"}", true),
        of(
            "high-high",
            "two high surrogates and a low one",
            "{\"s\":\"\\ud83d\\ud83d\\ude00\"}",
            true),
        of("escape-unknown", "an escape that JSON does not have", "{\"s\":\"\\x41\"}", true),
        of("escape-short", "an escape of three digits", "{\"s\":\"\\u041\"}", true),
        of("escape-sign", "an escape with a sign", "{\"s\":\"\\u+041\"}", true),
        of("escape-underscore", "an escape with an underscore", "{\"s\":\"\\u0_41\"}", true),
        of("raw-control", "a raw control character", "{\"s\":\"\u001f\"}", true),
        of("raw-newline", "a raw line feed", "{\"s\":\"a\nb\"}", true),
        of("single-quotes", "single quotes", "{'s':1}", true),
        of("unclosed", "a string that does not end", "{\"s\":\"a}", true));
  }

  private static List<ArgumentCase> structure() {
    return List.of(
        of("empty", "no members", "{}", false),
        of("order", "members are ordered", "{\"b\":1,\"a\":2,\"\":3,\"A\":4,\"aa\":5}", false),
        of(
            "order-utf-16",
            "by UTF-16 code units: the emoji before U+FB33",
            "{\"\ufb33\":1,\"\ud83d\ude00\":2,\"\u20ac\":3,\"\\r\":4,\"\u0080\":5,\"1\":6}",
            false),
        of(
            "order-numbers",
            "names that look like numbers are ordered as text",
            "{\"10\":1,\"9\":2,\"1\":3,\"-1\":4,\"01\":5,\"4294967295\":6}",
            false),
        of(
            "javascript-names",
            "names that every JavaScript object has",
            "{\"__proto__\":{\"a\":1},\"constructor\":2,\"toString\":3,\"toJSON\":4,\"length\":5}",
            false),
        of("proto-scalar", "`__proto__` that is not an object", "{\"__proto__\":1}", false),
        of(
            "nested",
            "objects and arrays in each other",
            "{\"a\":[[],{},[{\"c\":null,\"b\":true}],false]}",
            false),
        of("white-space", "white space of JSON", " \t\r\n{ \"a\" : [ 1 , 2 ] } \n", false),
        of("depth-64", "64 containers deep", nested(64), false),
        of("depth-65", "65 containers deep", nested(65), true),
        of("depth-5000", "5,000 containers deep", nested(5_000), true),
        of("duplicate", "a name twice", "{\"a\":1,\"a\":1}", true),
        of(
            "duplicate-escaped",
            "a name twice, once with an escape",
            "{\"a\":1,\"\\u0061\":2}",
            true),
        of("duplicate-proto", "`__proto__` twice", "{\"__proto__\":1,\"__proto__\":2}", true),
        of("duplicate-inner", "a name twice further in", "{\"a\":[{\"b\":1,\"b\":2}]}", true),
        of("not-an-object-array", "an array", "[]", true),
        of("not-an-object-text", "a string", "\"{}\"", true),
        of("not-an-object-number", "a number", "0", true),
        of("no-text", "no text", "", true),
        of("only-space", "only white space", " ", true),
        of("trailing-data", "text after the object", "{} {}", true),
        of("trailing-comma", "a comma after the last member", "{\"a\":1,}", true),
        of("trailing-comma-array", "a comma after the last element", "{\"a\":[1,]}", true),
        of("missing-comma", "no comma", "{\"a\":1 \"b\":2}", true),
        of("missing-value", "no value", "{\"a\":}", true),
        of("missing-colon", "no colon", "{\"a\" 1}", true),
        of("bare-name", "a name without quotes", "{a:1}", true),
        of("number-name", "a number as name", "{1:1}", true),
        of("comment", "a comment", "{}//", true),
        of("unclosed-object", "no closing brace", "{\"a\":1", true),
        of("mismatched", "brackets of different kinds", "{\"a\":[1}", true),
        of("word-case", "True", "{\"a\":True}", true),
        of("word-longer", "nulll", "{\"a\":nulll}", true),
        of("undefined", "undefined", "{\"a\":undefined}", true),
        of("vertical-tab", "white space that JSON does not have", "{\u000b}", true),
        of("nbsp", "a no-break space", "{\u00a0}", true));
  }

  private static String nested(int depth) {
    return "{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
  }

  private static List<ArgumentCase> encodings() {
    return List.of(
        of("bom", "a byte order mark", "\ufeff{}", true),
        bytes("utf-8-ff", "a byte that UTF-8 does not have", "7b2261223a22ff227d"),
        bytes("utf-8-continuation", "a continuation byte alone", "7b2261223a2280227d"),
        bytes("utf-8-short", "a sequence that is too short", "7b2261223a22c3227d"),
        bytes("utf-8-overlong-2", "an overlong slash", "7b2261223a22c0af227d"),
        bytes("utf-8-overlong-3", "an overlong sequence of three", "7b2261223a22e08080227d"),
        bytes("utf-8-surrogate", "a surrogate in UTF-8", "7b2261223a22eda080227d"),
        bytes("utf-8-cesu", "a surrogate pair in UTF-8", "7b2261223a22eda0bdedb880227d"),
        bytes("utf-8-beyond", "beyond U+10FFFF", "7b2261223a22f4908080227d"),
        bytes("utf-8-outside-strings", "a byte outside of strings", "7bff7d"),
        bytes("utf-16-le", "UTF-16, little end first", "7b007d00"),
        bytes("utf-16-be", "UTF-16, big end first", "007b007d"),
        bytes("utf-16-bom", "UTF-16 with its mark", "fffe7b007d00"),
        bytes("utf-32", "UTF-32", "7b0000007d000000"),
        bytes("nul-after", "a NUL after the object", "7b7d00"));
  }

  private static ArgumentCase of(String id, String shows, String text, boolean refused) {
    return new ArgumentCase(
        id, shows, HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)), refused);
  }

  private static ArgumentCase bytes(String id, String shows, String hex) {
    return new ArgumentCase(id, shows, hex, true);
  }

  private byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /// What this implementation says: the canonical text, or empty if it refuses.
  Optional<String> canonical() {
    try {
      JsonObject value = StrictJson.parseObject(bytes(), JsonLimits.DEFAULT);
      return Optional.of(new String(CanonicalJson.bytes(value), StandardCharsets.UTF_8));
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put("shows", shows);
    String text = new String(bytes(), StandardCharsets.UTF_8);
    if (text.length() < 10_000 && text.indexOf('\ufffd') < 0) {
      json.put("text", text);
    } else {
      json.put("base64", Base64.getEncoder().encodeToString(bytes()));
    }
    json.put("expect", refused ? "refuse" : "accept");
    canonical()
        .ifPresent(form ->
            json.put("canonical", form)
                .put("sha256", Sha256.of(form.getBytes(StandardCharsets.UTF_8)).hex()));
    return json;
  }
}
