package dev.interceptor.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `--name value` pairs of a command line.
public final class Options {
  private final Map<String, String> values;

  private Options(Map<String, String> values) {
    this.values = values;
  }

  /// @throws IllegalArgumentException for a name that is not in `known`, or one without a value
  public static Options parse(List<String> arguments, List<String> known) {
    var values = new LinkedHashMap<String, String>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (!known.contains(name)) {
        throw new IllegalArgumentException("unknown option `" + name + "`");
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("`" + name + "` needs a value");
      }
      values.put(name, arguments.get(i + 1));
    }
    return new Options(values);
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  public int number(String name, int otherwise) {
    return text(name).map(value -> positive(name, value)).orElse(otherwise);
  }

  public List<Integer> numbers(String name, String otherwise) {
    return List.of(text(name).orElse(otherwise).split(",", -1)).stream()
        .map(value -> positive(name, value))
        .toList();
  }

  private static int positive(String name, String value) {
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("`" + name + "` takes numbers, not `" + value + "`", e);
    }
    throw new IllegalArgumentException("`" + name + "` must be greater than 0");
  }
}
