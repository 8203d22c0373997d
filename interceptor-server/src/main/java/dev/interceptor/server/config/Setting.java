package dev.interceptor.server.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// One setting: its key in the file, its variable in the environment, its default and what it may
/// hold.
///
/// @param key dotted path in the file, such as `http.port`
/// @param defaultText empty where the operator has to decide
/// @param rule what a good value looks like, for messages and the README
record Setting<T>(
    String key,
    Optional<String> defaultText,
    String rule,
    String meaning,
    Function<String, T> parser) {
  private static final String PREFIX = "INTERCEPTOR_";

  static Setting<String> text(String key, String defaultText, String meaning) {
    return new Setting<>(key, Optional.of(defaultText), "text", meaning, Setting::nonEmpty);
  }

  static <T> Setting<T> text(
      String key, String defaultText, String rule, String meaning, Function<String, T> parser) {
    return new Setting<>(key, Optional.of(defaultText), rule, meaning, parser);
  }

  static Setting<String> required(String key, String rule, String meaning) {
    return new Setting<>(key, Optional.empty(), rule, meaning, Setting::nonEmpty);
  }

  static <T> Setting<T> required(
      String key, String rule, String meaning, Function<String, T> parser) {
    return new Setting<>(key, Optional.empty(), rule, meaning, parser);
  }

  /// May be left out, and is empty then.
  static Setting<String> optional(String key, String rule, String meaning) {
    return new Setting<>(key, Optional.of(""), rule, meaning, Function.identity());
  }

  /// The same with a type, which empty text has to be of, too.
  static <T> Setting<T> optional(
      String key, String rule, String meaning, Function<String, T> parser) {
    return new Setting<>(key, Optional.of(""), rule, meaning, parser);
  }

  /// One of a few words; the empty one stands for a choice that other settings make.
  static Setting<String> choice(
      String key, String defaultText, List<String> words, String meaning) {
    return new Setting<>(
        key,
        Optional.of(defaultText),
        words.stream().filter(word -> !word.isEmpty()).collect(Collectors.joining(" or ")),
        meaning,
        text -> {
          if (!words.contains(text)) {
            throw new IllegalArgumentException("not one of the words");
          }
          return text;
        });
  }

  static Setting<Integer> integer(String key, int defaultValue, int min, int max, String meaning) {
    return new Setting<>(
        key,
        Optional.of(Integer.toString(defaultValue)),
        min + " to " + max,
        meaning,
        text -> {
          int value = Integer.parseInt(text);
          if (value < min || value > max) {
            throw new IllegalArgumentException("out of range");
          }
          return value;
        });
  }

  static Setting<Duration> duration(
      String key, String defaultText, Duration min, Duration max, String meaning) {
    return new Setting<>(
        key,
        Optional.of(defaultText),
        plain(min) + " to " + plain(max),
        meaning,
        text -> {
          Duration value = parseDuration(text);
          if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("out of range");
          }
          return value;
        });
  }

  /// A duration in whole seconds.
  static Setting<Duration> seconds(
      String key, String defaultText, Duration min, Duration max, String meaning) {
    Setting<Duration> any = duration(key, defaultText, min, max, meaning);
    return new Setting<>(
        key,
        any.defaultText(),
        any.rule() + ", whole seconds",
        meaning,
        text -> {
          Duration value = any.parser().apply(text);
          if (!value.equals(value.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("not whole seconds");
          }
          return value;
        });
  }

  /// `250ms`, `5s`, `10m`, `1h`.
  static Duration parseDuration(String text) {
    try {
      return text.endsWith("ms")
          ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
          : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new IllegalArgumentException("not a duration", e);
    }
  }

  private static String plain(Duration duration) {
    return duration.toMillis() % 1000 != 0
        ? duration.toMillis() + "ms"
        : duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private static String nonEmpty(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }

  /// The environment variable that overrides the file.
  String variable() {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /// @throws IllegalStateException if called before `problem` was found empty
  T in(Map<String, String> values) {
    String text = Optional.ofNullable(values.get(key)).or(() -> defaultText).orElseThrow();
    return parser.apply(text);
  }

  /// What is wrong with this setting, never repeating its value.
  Optional<String> problem(Map<String, String> values) {
    Optional<String> text = Optional.ofNullable(values.get(key)).or(() -> defaultText);
    if (text.isEmpty()) {
      return Optional.of("`" + key + "` (" + variable() + ") is missing: write " + rule);
    }
    try {
      var _ = parser.apply(text.get());
      return Optional.empty();
    } catch (RuntimeException _) {
      return Optional.of(
          "`" + key + "` (" + variable() + ") has a value that cannot be used: write " + rule);
    }
  }

  /// A row of the README's table.
  String row() {
    return "| `"
        + String.join(
            " | ",
            List.of(
                key + "`",
                "`" + variable() + "`",
                defaultText.map(text -> text.isEmpty() ? "" : "`" + text + "`").orElse("required"),
                rule,
                meaning))
        + " |";
  }
}
