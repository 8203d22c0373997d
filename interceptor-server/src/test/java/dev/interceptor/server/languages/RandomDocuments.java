package dev.interceptor.server.languages;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Texts of random arguments: many numbers, all of Unicode, hostile names, every spelling that JSON
/// allows and, in about one of four, something that has to be refused.
final class RandomDocuments {
  private static final List<String> NAMES =
      List.of(
          "",
          "__proto__",
          "constructor",
          "toJSON",
          "toString",
          "length",
          "a",
          "A",
          "aa",
          "10",
          "9",
          "1",
          "01",
          "-1",
          "4294967295",
          "\u20ac",
          "\ud83d\ude00",
          "\ufb33",
          "\u00e9",
          "e\u0301",
          "\r",
          "\u2028",
          "\uffff",
          "\ud800\udc00");
  private static final List<String> LITERALS =
      List.of(
          "0",
          "-0",
          "-0.0",
          "0e0",
          "0E+999",
          "1E0",
          "1.0",
          "100e-2",
          "5e-324",
          "4.9e-324",
          "1e-324",
          "2.2250738585072014e-308",
          "1.7976931348623157e308",
          "1e309",
          "1e400",
          "1e21",
          "1e20",
          "999999999999999900000",
          "1e22",
          "1e23",
          "123e-7",
          "0.000001",
          "0.0000001",
          "9007199254740991",
          "9007199254740992",
          "9007199254740993",
          "-9007199254740991",
          "9007199254740991.0",
          "9.007199254740991e15",
          "9.007199254740992e15",
          "0.1",
          "0.10",
          "0.1000000000000000055511151231257827",
          "1.0000000000000002",
          "01",
          "1.",
          ".5",
          "+1",
          "1e",
          "0x1",
          "NaN",
          "-",
          "Infinity");

  private final Random random;
  private final StringBuilder text = new StringBuilder();

  private RandomDocuments(long seed) {
    this.random = new Random(seed);
  }

  /// @return the document of that seed, in UTF-8 unless it is one that is not
  static byte[] of(long seed) {
    return new RandomDocuments(seed).document();
  }

  private byte[] document() {
    space();
    object(1 + random.nextInt(5));
    space();
    byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
    return random.nextInt(12) == 0 ? damaged(utf8) : utf8;
  }

  /// A byte changed, taken away or put in.
  private byte[] damaged(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    byte other =
        random.nextBoolean() ? (byte) random.nextInt(256) : (byte) pick("{}[],:\"\\0e.- \n");
    int kind = random.nextInt(3);
    int tail = kind == 2 ? at : at + 1;
    int put = kind == 1 ? 0 : 1;
    byte[] changed = new byte[at + put + bytes.length - tail];
    System.arraycopy(bytes, 0, changed, 0, at);
    if (put == 1) {
      changed[at] = other;
    }
    System.arraycopy(bytes, tail, changed, at + put, bytes.length - tail);
    return changed;
  }

  private char pick(String characters) {
    return characters.charAt(random.nextInt(characters.length()));
  }

  private void space() {
    while (random.nextInt(4) == 0) {
      text.append(pick(" \t\r\n"));
    }
  }

  private void object(int depth) {
    List<String> names = new ArrayList<>();
    for (int i = random.nextInt(7); i > 0; i--) {
      String name = random.nextInt(3) == 0 ? string() : NAMES.get(random.nextInt(NAMES.size()));
      if (!names.contains(name) || random.nextInt(40) == 0) {
        names.add(name);
      }
    }
    text.append('{');
    for (int i = 0; i < names.size(); i++) {
      text.append(i > 0 ? "," : "");
      space();
      spelled(names.get(i));
      space();
      text.append(':');
      space();
      value(depth - 1);
      space();
    }
    text.append('}');
  }

  private void array(int depth) {
    text.append('[');
    for (int i = random.nextInt(5); i > 0; i--) {
      space();
      value(depth - 1);
      text.append(i > 1 ? "," : "");
    }
    text.append(']');
  }

  private void value(int depth) {
    switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0, 1, 2 -> text.append(number());
      case 3, 4 -> spelled(string());
      case 5 -> text.append(List.of("true", "false", "null").get(random.nextInt(3)));
      case 6 -> object(depth);
      default -> array(depth);
    }
  }

  private String number() {
    return switch (random.nextInt(20)) {
      case 0 -> random.nextInt(4) == 0 ? LITERALS.get(random.nextInt(LITERALS.size())) : "0";
      case 1, 2, 3 -> Integer.toString(random.nextInt());
      case 4 -> Long.toString(random.nextLong() >> 11);
      case 5 -> Long.toString((1L << 53) - 2 + random.nextInt(random.nextInt(8) == 0 ? 4 : 2));
      case 6 -> respelled(Math.scalb(1.0, random.nextInt(2098) - 1074));
      case 7 -> respelled(Double.parseDouble("1e" + (random.nextInt(617) - 308)));
      case 8 -> respelled(Double.longBitsToDouble(random.nextLong(1L << 52)));
      case 9 -> respelled(random.nextInt(1_000_000) / 1000.0);
      case 10 ->
          random.nextInt(4) == 0 ? random.nextLong(1L << 60) + "." + random.nextInt(1000) : "0.5";
      default -> respelled(Double.longBitsToDouble(random.nextLong()));
    };
  }

  /// The shortest decimal of a double, in one of the ways in which JSON can say it.
  private String respelled(double value) {
    if (!Double.isFinite(value)) {
      return "1e308";
    }
    String shortest = Double.toString(value);
    BigDecimal exact = new BigDecimal(shortest);
    return switch (random.nextInt(6)) {
      case 0 -> shortest.toLowerCase(Locale.ROOT);
      case 1 -> exact.unscaledValue() + "e" + -exact.scale();
      case 2 -> exact.unscaledValue() + "00E" + (-exact.scale() - 2);
      case 3 -> exact.toPlainString();
      case 4 ->
          exact.unscaledValue()
              + ".000e"
              + (exact.scale() > 0 ? "-0" : "+0")
              + Math.abs(exact.scale());
      default -> shortest;
    };
  }

  private String string() {
    var value = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(4) == 0 ? 30 : 6); i > 0; i--) {
      value.appendCodePoint(codePoint());
    }
    return value.toString();
  }

  private int codePoint() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt(0x20);
      case 1 -> pick("\"\\/\b\u007f\u2028\u2029\ufeff\ufffe\uffff\u0080");
      case 2 -> 0x80 + random.nextInt(0xd800 - 0x80);
      case 3 -> 0xe000 + random.nextInt(0x2000);
      case 4 -> 0x10000 + random.nextInt(0x100000);
      case 5 -> random.nextInt(60) == 0 ? 0xd800 + random.nextInt(0x800) : 'x';
      default -> ' ' + random.nextInt(95);
    };
  }

  /// A string literal, each character as itself or as an escape.
  private void spelled(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean apart = Character.isSurrogate(c) && !isPair(value, i);
      if (c < 0x20 || c == '"' || c == '\\' || apart || random.nextInt(6) == 0) {
        escaped(c);
      } else if (Character.isHighSurrogate(c) && i + 1 < value.length()) {
        text.append(c).append(value.charAt(++i));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /// Whether both halves of a pair are there and the first has not been written as an escape.
  private boolean isPair(String value, int at) {
    boolean opens = Character.isHighSurrogate(value.charAt(at));
    return opens && at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1));
  }

  private void escaped(char c) {
    int shortForm = "\"\\/\b\f\n\r\t".indexOf(c);
    if (shortForm >= 0 && random.nextBoolean()) {
      text.append('\\').append("\"\\/bfnrt".charAt(shortForm));
      return;
    }
    String hex = String.format(Locale.ROOT, "%04x", (int) c);
    text.append("\\u").append(random.nextBoolean() ? hex.toUpperCase(Locale.ROOT) : hex);
  }
}
