package dev.interceptor.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What a durable log costs, as Markdown.
///
/// @param results by concurrency and whether the log was durable
record DurabilityReport(Map<Integer, Map<Boolean, DurabilityRun.Result>> results) {
  String markdown() {
    StringBuilder text =
        new StringBuilder(
            """
            `POST /proxy/execute` on one server; *on* waits for the disk before a token exists, *off* has
            `synchronous_commit` off for the product's role. Medians over the rounds; `added` is the median of the differences
            within a round. Latencies in microseconds as the generator sees them, CPU in microseconds a request.

            | c | number | on | off | added |
            |---:|---|---:|---:|---:|
            """);
    results.forEach((connections, modes) -> {
      row(text, connections, "requests/s", modes, Sample::requestsPerSecond);
      row(text, connections, "p50", modes, Sample::p50);
      row(text, connections, "p99", modes, Sample::p99);
      row(text, connections, "CPU interceptor", modes, Sample::interceptorCpu);
      row(text, connections, "CPU PostgreSQL and Redis", modes, Sample::storesCpu);
      text.append(
          "| %d | rows a flush of the log | %s | %s | |%n"
              .formatted(connections, rowsAFlush(modes, true), rowsAFlush(modes, false)));
      row(text, connections, "wrong answers", modes, Sample::wrong);
    });
    return text.toString();
  }

  private static void row(
      StringBuilder text,
      int connections,
      String name,
      Map<Boolean, DurabilityRun.Result> modes,
      ToDoubleFunction<Sample> number) {
    List<Sample> on = samples(modes, true);
    List<Sample> off = samples(modes, false);
    text.append(
        "| %d | %s | %.0f | %.0f | %.0f |%n"
            .formatted(
                connections,
                name,
                Medians.median(on, number),
                Medians.median(off, number),
                Medians.median(
                    on,
                    off,
                    (one, other) -> number.applyAsDouble(one) - number.applyAsDouble(other))));
  }

  private static String rowsAFlush(Map<Boolean, DurabilityRun.Result> modes, boolean durable) {
    DurabilityRun.Result result = modes.get(durable);
    return result == null
        ? ""
        : "%.1f".formatted(result.counts().rows() / result.counts().flushes());
  }

  private static List<Sample> samples(Map<Boolean, DurabilityRun.Result> modes, boolean durable) {
    DurabilityRun.Result result = modes.get(durable);
    return result == null ? List.of() : result.samples();
  }
}
