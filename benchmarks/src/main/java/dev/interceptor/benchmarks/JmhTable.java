package dev.interceptor.benchmarks;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/// JMH's results as one line a benchmark, and the ratios that have a bar.
final class JmhTable {
  private static final String PREFIX = "dev.interceptor.benchmarks.";

  private JmhTable() {}

  /// One benchmark with its parameters. NaN stands for what was not measured.
  ///
  /// @param p50 microseconds
  /// @param mean microseconds; of the mode AverageTime where it ran
  /// @param bytes allocated for one operation
  record Line(double p50, double p99, double mean, double bytes) {
    static final Line NONE = new Line(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    Line with(RunResult run) {
      Result<?> primary = run.getPrimaryResult();
      Result<?> allocated = run.getSecondaryResults().get("gc.alloc.rate.norm");
      double bytes = allocated == null ? this.bytes : allocated.getScore();
      if (run.getParams().getMode() == Mode.SampleTime) {
        var times = primary.getStatistics();
        double average = Double.isNaN(mean) ? primary.getScore() : mean;
        return new Line(times.getPercentile(50), times.getPercentile(99), average, bytes);
      }
      return new Line(p50, p99, primary.getScore(), bytes);
    }
  }

  static Map<String, Line> lines(Collection<RunResult> results) {
    Map<String, Line> lines = new TreeMap<>();
    for (RunResult run : results) {
      lines.merge(name(run.getParams()), Line.NONE.with(run), (old, ignored) -> old.with(run));
    }
    return lines;
  }

  private static String name(BenchmarkParams params) {
    String parameters =
        params.getParamsKeys().stream()
            .map(key -> key + "=" + params.getParam(key))
            .collect(Collectors.joining(", "));
    String name = params.getBenchmark().substring(PREFIX.length()).replace("Benchmark.", ".");
    return parameters.isEmpty() ? name : name + " (" + parameters + ")";
  }

  static String markdown(Map<String, Line> lines) {
    StringBuilder text =
        new StringBuilder(
            """
            One thread. Microseconds an operation: `p50` and `p99` from JMH's SampleTime, `mean` from
            AverageTime; bytes allocated on the Java heap an operation.

            | benchmark | p50 | p99 | mean | bytes |
            |---|---:|---:|---:|---:|
            """);
    lines.forEach((name, line) ->
        text.append(
            "| %s | %s | %s | %s | %s |%n"
                .formatted(
                    name,
                    micros(line.p50()),
                    micros(line.p99()),
                    micros(line.mean()),
                    Double.isNaN(line.bytes()) ? "" : "%.0f".formatted(line.bytes()))));
    return text.append(Bars.markdown(lines)).toString();
  }

  private static String micros(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return (value < 10 ? "%.3f" : "%.1f").formatted(value);
  }

  static String json(Map<String, Line> lines) {
    return lines.entrySet().stream()
        .map(entry ->
            ("  {\"benchmark\":\"%s\",\"p50_us\":%.4f,\"p99_us\":%.4f,\"mean_us\":%.4f,"
                    + "\"alloc_bytes\":%.1f}")
                .formatted(
                    entry.getKey(),
                    entry.getValue().p50(),
                    entry.getValue().p99(),
                    entry.getValue().mean(),
                    entry.getValue().bytes()))
        .map(line -> line.replace("NaN", "null"))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }
}
