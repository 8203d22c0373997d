package dev.interceptor.server.targets;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One map of the file of models, read member by member.
///
/// What cannot be used becomes a problem with its path and what to write instead, and reads as its
/// default; what nobody asked for is a problem, too. Values are never repeated.
final class Members {
  private final String path;
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
  private final List<String> problems;
  private final Set<String> known = new LinkedHashSet<>();

  private Members(String path, Map<?, ?> values, List<String> problems) {
    this.path = path;
    values.forEach((key, value) -> this.values.put(String.valueOf(key), value));
    this.problems = problems;
  }

  static Members root(Map<?, ?> values, List<String> problems) {
    return new Members("", values, problems);
  }

  String path() {
    return path;
  }

  private String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private @Nullable Object value(String name) {
    known.add(name);
    return values.get(name);
  }

  boolean has(String name) {
    return value(name) != null;
  }

  /// @param advice such as "is missing: write …"
  void problem(String name, String advice) {
    known.add(name);
    problems.add("`" + pathOf(name) + "` " + advice);
  }

  /// A map that may be left out; then all of it reads as left out.
  Members map(String name) {
    Object value = value(name);
    if (value instanceof Map<?, ?> map) {
      return new Members(pathOf(name), map, problems);
    }
    if (value != null) {
      problem(name, "is not a map: write `" + name + ": {…}`");
    }
    return new Members(pathOf(name), Map.of(), problems);
  }

  /// The maps in a map whose keys are names of the operator's choice, in their order.
  Map<String, Members> named() {
    Map<String, Members> found = new LinkedHashMap<>();
    values.keySet().forEach(key -> found.put(key, map(key)));
    return found;
  }

  List<Members> list(String name) {
    List<Members> found = new ArrayList<>();
    for (Object item : items(name)) {
      String place = pathOf(name) + "[" + found.size() + "]";
      if (item instanceof Map<?, ?> map) {
        found.add(new Members(place, map, problems));
      } else {
        problems.add("`" + place + "` is not a map: write `{…}`");
        found.add(new Members(place, Map.of(), problems));
      }
    }
    return found;
  }

  List<String> texts(String name) {
    List<String> found = new ArrayList<>();
    for (Object item : items(name)) {
      if (item instanceof String text && !text.isBlank()) {
        found.add(text);
      } else {
        problem(name, "has an entry that is no text: write [one, two]");
      }
    }
    return found;
  }

  List<Integer> integers(String name, String rule) {
    List<Integer> found = new ArrayList<>();
    for (Object item : items(name)) {
      if (item instanceof Integer number) {
        found.add(number);
      } else {
        problem(name, "has an entry that is no whole number: write " + rule);
      }
    }
    return found;
  }

  private List<?> items(String name) {
    Object value = value(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    problem(name, "is not a list: write `" + name + ": […]`");
    return List.of();
  }

  Optional<String> text(String name) {
    Object value = value(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text && !text.isBlank()) {
      return Optional.of(text);
    }
    problem(name, "is no text: write it in quotes");
    return Optional.empty();
  }

  /// A text that may be empty.
  Optional<String> line(String name) {
    Object value = value(name);
    if (value != null && !(value instanceof String)) {
      problem(name, "is no text: write it in quotes");
    }
    return value instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /// @param otherwise what stands for a text that is wrong or missing, until the problem is mended
  String required(String name, String otherwise, String rule) {
    if (!has(name)) {
      problem(name, "is missing: write " + rule);
    }
    return text(name).orElse(otherwise);
  }

  boolean flag(String name, boolean otherwise) {
    Object value = value(name);
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value != null) {
      problem(name, "is neither: write true or false");
    }
    return otherwise;
  }

  int integer(String name, int otherwise, int min, int max) {
    Object value = value(name);
    if (value instanceof Integer number && number >= min && number <= max) {
      return number;
    }
    if (value != null) {
      problem(name, "is not a whole number in range: write " + min + " to " + max);
    }
    return otherwise;
  }

  double number(String name, double otherwise, double min, double max, String rule) {
    Object value = value(name);
    if (value instanceof Number number
        && number.doubleValue() >= min
        && number.doubleValue() <= max) {
      return number.doubleValue();
    }
    if (value != null) {
      problem(name, "is not a number in range: write " + rule);
    }
    return otherwise;
  }

  Duration duration(String name, Duration otherwise, Duration min, Duration max) {
    Object value = value(name);
    if (value == null) {
      return otherwise;
    }
    Optional<Duration> read = value instanceof String text ? parsed(text) : Optional.empty();
    if (read.isPresent() && read.get().compareTo(min) >= 0 && read.get().compareTo(max) <= 0) {
      return read.get();
    }
    problem(name, "is no length of time in range: write " + plain(min) + " to " + plain(max));
    return otherwise;
  }

  /// `250ms`, `5s`, `10m`, `1h`.
  private static Optional<Duration> parsed(String text) {
    try {
      return Optional.of(
          text.endsWith("ms")
              ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
              : Duration.parse("PT" + text.toUpperCase(Locale.ROOT)));
    } catch (DateTimeParseException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static String plain(Duration duration) {
    return duration.toMillis() % 1000 != 0
        ? duration.toMillis() + "ms"
        : duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  /// One of an enum's constants, written in lower case.
  <E extends Enum<E>> E word(String name, E otherwise) {
    Object value = value(name);
    if (value == null) {
      return otherwise;
    }
    E[] words = otherwise.getDeclaringClass().getEnumConstants();
    return Stream.of(words)
        .filter(word -> written(word).equals(value))
        .findFirst()
        .orElseGet(() -> {
          problem(
              name,
              "is none of the words: write "
                  + Stream.of(words).map(Members::written).collect(Collectors.joining(" or ")));
          return otherwise;
        });
  }

  private static String written(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /// The root of a server.
  Optional<URI> url(String name) {
    Optional<String> text = text(name);
    if (!has(name)) {
      problem(name, "is missing: write http://host:port or https://host");
    }
    Optional<URI> url = text.flatMap(Members::uri).filter(Members::isRoot);
    if (text.isPresent() && url.isEmpty()) {
      problem(
          name, "is not a server's URL: write http://host:port or https://host, without ? or @");
    }
    return url;
  }

  private static boolean isRoot(URI url) {
    return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawQuery() == null
        && url.getRawFragment() == null;
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  /// To be called when all that has a meaning has been read.
  void nothingElse() {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        problems.add("`" + pathOf(name) + "` is unknown: write one of " + String.join(", ", known));
      }
    }
  }
}
