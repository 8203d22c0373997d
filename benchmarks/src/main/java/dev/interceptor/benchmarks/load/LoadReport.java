package dev.interceptor.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/// The load harness's numbers as Markdown.
///
/// @param samples by concurrency and name of the target, one for each round
record LoadReport(
    Map<Integer, Map<String, List<Sample>>> samples,
    LoadGenerator.Sessions sessions,
    StageTimes stages) {

  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("Sessions: ").append(sessions.name().toLowerCase(Locale.ROOT));
    text.append(
        """
        . Latencies in microseconds, as the generator sees them; `added` is the median over the rounds of the
        difference to the direct window of the round. `execute` is `POST /proxy/execute`, `modern` and `legacy` are `POST /mcp`.

        | c | path | requests/s | p50 | p95 | p99 | added p50 | added p99 | wrong |
        |---:|---|---:|---:|---:|---:|---:|---:|---:|
        """);
    samples.forEach((connections, targets) ->
        targets.keySet().forEach(path -> latencies(text, connections, path, targets)));
    text.append(
        """

        CPU in microseconds a request, of each process; `ratio` is the median over the rounds of the interceptor's to its own
        in the `execute` window of the round. Resident memory of the interceptor's process in MB. The direct windows'
        generator and stub are the floor of theirs.

        | c | path | interceptor | ratio | PostgreSQL and Redis | stub | generator | RSS |
        |---:|---|---:|---:|---:|---:|---:|---:|
        """);
    samples.forEach((connections, targets) ->
        targets.keySet().forEach(path -> cpu(text, connections, path, targets)));
    return text.append(stages(stages)).toString();
  }

  /// How many answers were wrong, over all windows.
  double wrong() {
    return samples.values().stream()
        .flatMap(targets -> targets.values().stream())
        .flatMap(List::stream)
        .mapToDouble(Sample::wrong)
        .sum();
  }

  private static void latencies(
      StringBuilder text, int connections, String path, Map<String, List<Sample>> targets) {
    List<Sample> rounds = targets.getOrDefault(path, List.of());
    text.append(
        "| %d | %s | %.0f | %.0f | %.0f | %.0f | %s | %s | %.0f |%n"
            .formatted(
                connections,
                path,
                Medians.median(rounds, Sample::requestsPerSecond),
                Medians.median(rounds, Sample::p50),
                Medians.median(rounds, Sample::p95),
                Medians.median(rounds, Sample::p99),
                added(targets, path, Sample::p50),
                added(targets, path, Sample::p99),
                rounds.stream().mapToDouble(Sample::wrong).sum()));
  }

  private static String added(
      Map<String, List<Sample>> targets, String path, ToDoubleFunction<Sample> number) {
    return beside(
        Targets.DIRECT,
        targets,
        path,
        "%.0f",
        (own, its) -> number.applyAsDouble(own) - number.applyAsDouble(its));
  }

  private static void cpu(
      StringBuilder text, int connections, String path, Map<String, List<Sample>> targets) {
    List<Sample> rounds = targets.getOrDefault(path, List.of());
    boolean direct = path.equals(Targets.DIRECT);
    text.append(
        "| %d | %s | %s | %s | %s | %.0f | %.0f | %.0f |%n"
            .formatted(
                connections,
                path,
                direct ? "" : "%.0f".formatted(Medians.median(rounds, Sample::interceptorCpu)),
                beside(
                    Targets.EXECUTE,
                    targets,
                    path,
                    "%.2f",
                    (own, its) -> own.interceptorCpu() / its.interceptorCpu()),
                direct ? "" : "%.0f".formatted(Medians.median(rounds, Sample::storesCpu)),
                Medians.median(rounds, Sample::stubCpu),
                Medians.median(rounds, Sample::generatorCpu),
                Medians.median(rounds, Sample::residentMegabytes)));
  }

  /// A path's windows beside those of another in the same rounds; empty where that says nothing.
  private static String beside(
      String other,
      Map<String, List<Sample>> targets,
      String path,
      String format,
      ToDoubleBiFunction<Sample, Sample> number) {
    List<Sample> base = targets.getOrDefault(other, List.of());
    if (base.isEmpty() || path.equals(other) || path.equals(Targets.DIRECT)) {
      return "";
    }
    return format.formatted(Medians.median(targets.getOrDefault(path, List.of()), base, number));
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
