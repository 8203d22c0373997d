package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/// Measures one window of load, and what the processes used meanwhile.
///
/// @param interceptor pid
/// @param stub pid
record Window(long interceptor, long stub) {
  private static final Duration SETTLE = Duration.ofMillis(500);

  private record Used(double interceptor, double stores, double stub, double generator) {}

  Sample measure(Target target, int connections, Duration length, long firstNumber)
      throws IOException {
    try (LoadGenerator generator = LoadGenerator.connect(target, connections, firstNumber)) {
      generator.run(SETTLE);
      Used before = used();
      LoadGenerator.Window window = generator.run(length);
      Used after = used();
      double perRequest = 1e6 / window.latencies().count();
      boolean direct = target.name().equals(Targets.DIRECT);
      return new Sample(
          window.requestsPerSecond(),
          window.latencies().percentile(50),
          window.latencies().percentile(95),
          window.latencies().percentile(99),
          direct ? Double.NaN : (after.interceptor() - before.interceptor()) * perRequest,
          direct ? Double.NaN : (after.stores() - before.stores()) * perRequest,
          (after.stub() - before.stub()) * perRequest,
          (after.generator() - before.generator()) * perRequest,
          ProcessUsage.of(interceptor).residentMegabytes(),
          window.wrong());
    }
  }

  private Used used() throws IOException {
    return new Used(
        ProcessUsage.of(interceptor).cpuSeconds(),
        ProcessUsage.cpuSecondsOfStores(Set.of(interceptor, stub)),
        ProcessUsage.of(stub).cpuSeconds(),
        ProcessUsage.of(ProcessHandle.current().pid()).cpuSeconds());
  }
}
