package dev.interceptor.benchmarks.load;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Medians over the rounds of a run.
public final class Medians {
  private Medians() {}

  /// The median of one number.
  public static <T> double median(List<T> samples, ToDoubleFunction<T> number) {
    return median(samples.stream().mapToDouble(number).toArray());
  }

  /// The median of what the two windows of a round give together.
  public static <T> double median(List<T> samples, List<T> base, ToDoubleBiFunction<T, T> number) {
    return median(
        IntStream.range(0, samples.size())
            .mapToDouble(i -> number.applyAsDouble(samples.get(i), base.get(i)))
            .toArray());
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
