package dev.interceptor.benchmarks.llm;

import dev.interceptor.benchmarks.load.Medians;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The comparison as Markdown.
///
/// @param samples by shape, concurrency and name of the target, one for each round
record ModelReport(Map<Shape, Map<Integer, Map<String, List<ModelSample>>>> samples) {
  String markdown() {
    StringBuilder text =
        new StringBuilder(
            """
            `POST /v1/chat/completions`, the same request on every path: a whole answer of 406 bytes, or 23 events sent at once.
            `interceptor` has its policy, strict mode, the local prompt guard and redaction of prompts, answers and arguments on, and
            records every request; `portkey` is `@portkey-ai/gateway` 1.15.2 (hono 4.9.7, @hono/node-server 1.13.7) without
            any guardrail, on Node %s. Latencies in microseconds as the generator sees them; `added` is the median over the rounds of the
            difference to the direct window of the round, `first` the time to the first byte of the answer's body.

            | answer | c | path | requests/s | p50 | p99 | added p50 | added p99 | added first | wrong |
            |---|---:|---|---:|---:|---:|---:|---:|---:|---:|
            """
                .formatted(Portkey.NODE));
    samples.forEach((shape, byConcurrency) ->
        byConcurrency.forEach((connections, targets) ->
            targets.keySet().forEach(path -> latencies(text, shape, connections, path, targets))));
    text.append(
        """

        CPU of the gateway's own process in microseconds a request, and that of the interceptor's PostgreSQL and Redis beside it;
        `portkey : interceptor` is the median over the rounds of the ratio. Resident memory of the gateway's process in MB.

        | answer | c | path | CPU | PostgreSQL and Redis | portkey : interceptor | RSS |
        |---|---:|---|---:|---:|---:|---:|
        """);
    samples.forEach((shape, byConcurrency) ->
        byConcurrency.forEach((connections, targets) ->
            targets.keySet().forEach(path -> cpu(text, shape, connections, path, targets))));
    return text.toString();
  }

  /// How many answers were wrong, over all windows.
  double wrong() {
    return samples.values().stream()
        .flatMap(byConcurrency -> byConcurrency.values().stream())
        .flatMap(targets -> targets.values().stream())
        .flatMap(List::stream)
        .mapToDouble(ModelSample::wrong)
        .sum();
  }

  private static void latencies(
      StringBuilder text,
      Shape shape,
      int connections,
      String path,
      Map<String, List<ModelSample>> targets) {
    List<ModelSample> rounds = targets.getOrDefault(path, List.of());
    text.append(
        "| %s | %d | %s | %.0f | %.0f | %.0f | %s | %s | %s | %.0f |%n"
            .formatted(
                shape.name().toLowerCase(Locale.ROOT),
                connections,
                path,
                Medians.median(rounds, ModelSample::requestsPerSecond),
                Medians.median(rounds, ModelSample::p50),
                Medians.median(rounds, ModelSample::p99),
                added(targets, path, ModelSample::p50),
                added(targets, path, ModelSample::p99),
                added(targets, path, ModelSample::first),
                rounds.stream().mapToDouble(ModelSample::wrong).sum()));
  }

  private static String added(
      Map<String, List<ModelSample>> targets, String path, ToDoubleFunction<ModelSample> number) {
    List<ModelSample> base = targets.getOrDefault(ModelTarget.DIRECT, List.of());
    if (base.isEmpty() || path.equals(ModelTarget.DIRECT)) {
      return "";
    }
    return "%.0f"
        .formatted(
            Medians.median(
                targets.getOrDefault(path, List.of()),
                base,
                (through, direct) -> number.applyAsDouble(through) - number.applyAsDouble(direct)));
  }

  private static void cpu(
      StringBuilder text,
      Shape shape,
      int connections,
      String path,
      Map<String, List<ModelSample>> targets) {
    if (path.equals(ModelTarget.DIRECT)) {
      return;
    }
    List<ModelSample> rounds = targets.getOrDefault(path, List.of());
    boolean hasStores = path.equals(Gateways.INTERCEPTOR);
    text.append(
        "| %s | %d | %s | %.0f | %s | %s | %.0f |%n"
            .formatted(
                shape.name().toLowerCase(Locale.ROOT),
                connections,
                path,
                Medians.median(rounds, ModelSample::gatewayCpu),
                hasStores ? "%.0f".formatted(Medians.median(rounds, ModelSample::storesCpu)) : "",
                hasStores ? ratio(targets, rounds) : "",
                Medians.median(rounds, ModelSample::residentMegabytes)));
  }

  private static String ratio(Map<String, List<ModelSample>> targets, List<ModelSample> ours) {
    List<ModelSample> theirs = targets.getOrDefault(Portkey.NAME, List.of());
    if (theirs.isEmpty()) {
      return "";
    }
    return "%.1f"
        .formatted(
            Medians.median(theirs, ours, (their, our) -> their.gatewayCpu() / our.gatewayCpu()));
  }
}
