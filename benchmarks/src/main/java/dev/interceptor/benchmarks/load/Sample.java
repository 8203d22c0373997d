package dev.interceptor.benchmarks.load;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// One window of load, in numbers. Times in microseconds, CPU in microseconds a request.
///
/// @param interceptorCpu of the interceptor's own process; NaN where it is not involved
/// @param storesCpu of PostgreSQL and Redis
/// @param residentMegabytes of the interceptor's process at the end
record Sample(
    double requestsPerSecond,
    double p50,
    double p95,
    double p99,
    double interceptorCpu,
    double storesCpu,
    double stubCpu,
    double generatorCpu,
    double residentMegabytes) {

  /// The median of each number by itself.
  static Sample median(List<Sample> samples) {
    return new Sample(
        median(samples, Sample::requestsPerSecond),
        median(samples, Sample::p50),
        median(samples, Sample::p95),
        median(samples, Sample::p99),
        median(samples, Sample::interceptorCpu),
        median(samples, Sample::storesCpu),
        median(samples, Sample::stubCpu),
        median(samples, Sample::generatorCpu),
        median(samples, Sample::residentMegabytes));
  }

  private static double median(List<Sample> samples, ToDoubleFunction<Sample> number) {
    double[] values = samples.stream().mapToDouble(number).toArray();
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
