package dev.interceptor.benchmarks.load;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// One window of load, in numbers. Times in microseconds, CPU in microseconds a request.
///
/// @param interceptorCpu of the interceptor's own process; NaN where it is not involved
/// @param storesCpu of PostgreSQL and Redis
/// @param residentMegabytes of the interceptor's process at the end
/// @param wrong how many answers were wrong; nothing else counts those
record Sample(
    double requestsPerSecond,
    double p50,
    double p95,
    double p99,
    double interceptorCpu,
    double storesCpu,
    double stubCpu,
    double generatorCpu,
    double residentMegabytes,
    double wrong) {

  /// The median of one number over the rounds.
  static double median(List<Sample> samples, ToDoubleFunction<Sample> number) {
    return median(samples.stream().mapToDouble(number).toArray());
  }

  /// The median over the rounds of what the two windows of a round give together.
  static double median(
      List<Sample> samples, List<Sample> base, ToDoubleBiFunction<Sample, Sample> number) {
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
