package dev.interceptor.benchmarks;

import dev.interceptor.benchmarks.peer.CedarTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs the JMH benchmarks and reduces them to one table.
final class JmhRun {
  private JmhRun() {}

  /// @param arguments `--quick` for a smoke run below a minute, then names of benchmarks
  static void main(List<String> arguments) throws RunnerException, IOException {
    boolean quick = arguments.contains("--quick");
    List<String> names = new ArrayList<>(arguments);
    names.remove("--quick");
    ChainedOptionsBuilder options = quick ? quickly() : thoroughly();
    if (names.isEmpty()) {
      options.include("dev\\.interceptor\\.benchmarks\\.");
    }
    names.forEach(name -> options.include(name.replace(".", "Benchmark\\.")));
    String obstacle = CedarTable.obstacle();
    if (!obstacle.isEmpty()) {
      System.out.println("cedar is left out: " + obstacle);
      options.exclude("StaticRulesBenchmark\\.cedar");
    }
    String withoutCorretto = TokenBenchmark.correttoObstacle();
    if (!withoutCorretto.isEmpty()) {
      System.out.println("corretto is left out: " + withoutCorretto);
      options.param("provider", "bouncycastle");
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.isEmpty()) {
      throw new IllegalArgumentException("no benchmark has a name like " + names);
    }
    Map<String, JmhTable.Line> lines = JmhTable.lines(results);
    if (lines.keySet().stream().anyMatch(name -> name.startsWith("Token."))) {
      lines.putAll(OpenSslSpeed.measure(quick ? 1 : 3));
    }
    String table = JmhTable.markdown(lines);
    if (quick) {
      System.out.println(table + "\nA smoke run: it shows that everything runs, not how fast.");
      return;
    }
    String command = ("benchmarks/run jmh " + String.join(" ", names)).strip();
    String head = "# JMH\n\n" + Machine.markdown(ResultFiles.repository(), command) + "\n";
    String file = fileName(names);
    ResultFiles.publish(file + ".md", head + table);
    ResultFiles.write(file + ".json", JmhTable.json(lines));
  }

  /// A run of some benchmarks does not replace the results of all.
  private static String fileName(List<String> names) {
    return names.isEmpty()
        ? "jmh"
        : "jmh-" + String.join("-", names).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "");
  }

  private static ChainedOptionsBuilder quickly() {
    return common()
        .mode(Mode.SampleTime)
        .forks(1)
        .warmupIterations(1)
        .warmupTime(TimeValue.milliseconds(150))
        .measurementIterations(1)
        .measurementTime(TimeValue.milliseconds(200));
  }

  private static ChainedOptionsBuilder thoroughly() {
    return common()
        .mode(Mode.SampleTime)
        .mode(Mode.AverageTime)
        .forks(2)
        .warmupIterations(2)
        .warmupTime(TimeValue.milliseconds(700))
        .measurementIterations(3)
        .measurementTime(TimeValue.milliseconds(500));
  }

  /// One thread, the collector that the launcher chooses.
  private static ChainedOptionsBuilder common() {
    return new OptionsBuilder()
        .threads(1)
        .jvmArgs(
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED")
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }
}
