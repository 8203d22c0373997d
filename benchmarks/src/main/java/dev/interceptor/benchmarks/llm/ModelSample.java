package dev.interceptor.benchmarks.llm;

import dev.interceptor.benchmarks.load.ProcessUsage;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/// One window of load, in numbers. Times in microseconds, CPU in microseconds a request.
///
/// @param first p50 of the time to the first byte of the answer's body
/// @param gatewayCpu of the gateway's own process; NaN without a gateway
/// @param storesCpu of the interceptor's PostgreSQL and Redis
/// @param residentMegabytes of the gateway's process at the end; NaN without a gateway
/// @param wrong how many answers were wrong; nothing else counts those
record ModelSample(
    double requestsPerSecond,
    double p50,
    double p99,
    double first,
    double gatewayCpu,
    double storesCpu,
    double residentMegabytes,
    double wrong) {
  private static final Duration SETTLE = Duration.ofMillis(500);

  private record Used(double gateway, double stores) {}

  /// @param own the processes that are no stores: the gateways and the stub
  static ModelSample measure(
      ModelTarget target, Shape shape, int connections, Duration length, Set<Long> own)
      throws IOException {
    try (ModelLoad load = ModelLoad.connect(target, shape, connections)) {
      load.run(SETTLE);
      Used before = used(target, own);
      ModelLoad.Window window = load.run(length);
      Used after = used(target, own);
      int count = window.whole().count();
      double perRequest = 1e6 / count;
      return new ModelSample(
          count / window.seconds(),
          window.whole().percentile(50),
          window.whole().percentile(99),
          window.first().percentile(50),
          (after.gateway() - before.gateway()) * perRequest,
          (after.stores() - before.stores()) * perRequest,
          resident(target),
          window.wrong());
    }
  }

  private static Used used(ModelTarget target, Set<Long> own) throws IOException {
    double gateway = target.pid().isEmpty() ? Double.NaN : usage(target).cpuSeconds();
    return new Used(gateway, ProcessUsage.cpuSecondsOfStores(own));
  }

  private static double resident(ModelTarget target) throws IOException {
    return target.pid().isEmpty() ? Double.NaN : usage(target).residentMegabytes();
  }

  private static ProcessUsage usage(ModelTarget target) throws IOException {
    return ProcessUsage.of(target.pid().orElseThrow());
  }
}
