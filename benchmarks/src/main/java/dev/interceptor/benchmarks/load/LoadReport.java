package dev.interceptor.benchmarks.load;

import java.util.Locale;
import java.util.Map;

/// The load harness's numbers as Markdown.
final class LoadReport {
  private LoadReport() {}

  /// The medians of one concurrency.
  record Pair(Sample direct, Sample through) {}

  static String markdown(
      Map<Integer, Pair> medians, LoadGenerator.Sessions sessions, StageTimes stages) {
    StringBuilder text = new StringBuilder();
    text.append("Sessions: ").append(sessions.name().toLowerCase(Locale.ROOT));
    text.append(
        """
        . Latencies in microseconds, as the generator sees them; `added` is the difference of the medians.

        | c | path | requests/s | p50 | p95 | p99 | added p50 | added p99 |
        |---:|---|---:|---:|---:|---:|---:|---:|
        """);
    medians.forEach((connections, pair) -> {
      row(text, connections, "direct", pair.direct(), "", "");
      row(
          text,
          connections,
          "through",
          pair.through(),
          "%.0f".formatted(pair.through().p50() - pair.direct().p50()),
          "%.0f".formatted(pair.through().p99() - pair.direct().p99()));
    });
    text.append(
        """

        CPU in microseconds a request, of each process, in the windows through the interceptor; resident memory
        of the interceptor's process in MB. The direct windows' generator and stub are the floor of theirs.

        | c | interceptor | PostgreSQL and Redis | stub | generator | stub, direct | generator, direct | RSS |
        |---:|---:|---:|---:|---:|---:|---:|---:|
        """);
    medians.forEach((connections, pair) ->
        text.append(
            "| %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |%n"
                .formatted(
                    connections,
                    pair.through().interceptorCpu(),
                    pair.through().storesCpu(),
                    pair.through().stubCpu(),
                    pair.through().generatorCpu(),
                    pair.direct().stubCpu(),
                    pair.direct().generatorCpu(),
                    pair.through().residentMegabytes())));
    return text.append(stages(stages)).toString();
  }

  private static void row(
      StringBuilder text, int connections, String path, Sample sample, String p50, String p99) {
    text.append(
        "| %d | %s | %.0f | %.0f | %.0f | %.0f | %s | %s |%n"
            .formatted(
                connections,
                path,
                sample.requestsPerSecond(),
                sample.p50(),
                sample.p95(),
                sample.p99(),
                p50,
                p99));
  }

  /// Means of everything that the product counts and sums, over all windows.
  private static String stages(StageTimes stages) {
    StringBuilder text =
        new StringBuilder(
            """

            The product's own metrics over all windows, all concurrencies together: mean of each (seconds in microseconds).

            | metric | count | mean |
            |---|---:|---:|
            """);
    stages
        .values()
        .forEach((name, sum) -> {
          Double count = stages.values().get(name.replace("_sum", "_count"));
          if (name.contains("_sum") && count != null) {
            double unit = name.contains("_seconds_sum") ? 1e6 : 1;
            String label = name.replace("_seconds_sum", "").replace("_sum", "");
            text.append("| `%s` | %.0f | %.1f |%n".formatted(label, count, sum / count * unit));
          }
        });
    return text.toString();
  }
}
