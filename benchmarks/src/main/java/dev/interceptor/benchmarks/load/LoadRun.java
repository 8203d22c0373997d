package dev.interceptor.benchmarks.load;

import dev.interceptor.benchmarks.Machine;
import dev.interceptor.benchmarks.Options;
import dev.interceptor.benchmarks.ResultFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The load harness: alternates windows straight to the upstream and on each path through the
/// interceptor, and reports medians over the rounds.
public final class LoadRun {
  private static final List<String> OPTIONS =
      List.of("--seconds", "--rounds", "--concurrency", "--sessions", "--warmup", "--paths");

  /// Far above what one window can send.
  private static final long NUMBERS_A_WINDOW = 10_000_000;

  private final Options options;
  private final Window window;
  private final List<Target> targets;
  private long nextNumber;

  /// @param targets the direct one first
  private LoadRun(Options options, Window window, List<Target> targets) {
    this.options = options;
    this.window = window;
    this.targets = targets;
  }

  /// @param arguments see the usage text of `benchmarks/run`
  public static void main(List<String> arguments) throws IOException {
    Options options = Options.parse(arguments, OPTIONS);
    Path repository = ResultFiles.repository();
    Path log = repository.resolve("benchmarks/target/load.log");
    Files.deleteIfExists(log);
    LoadReport report;
    try (ChildProcess stub = ChildProcess.startJava(log, "stub")) {
      URI stubUrl = URI.create("http://127.0.0.1:" + stub.firstLine() + "/mcp");
      try (Stack stack = Stack.start(repository, stubUrl, log)) {
        var window = new Window(stack.pid(), stub.pid());
        var run = new LoadRun(options, window, targets(options, stubUrl, stack));
        run.warmUp();
        StageTimes before = StageTimes.read(stack.adminUrl(), stack.adminKey());
        Map<Integer, Map<String, List<Sample>>> samples = run.measure();
        StageTimes stages = StageTimes.read(stack.adminUrl(), stack.adminKey()).since(before);
        report = new LoadReport(samples, sessions(options), stages);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage() + "; see benchmarks/target/load.log", e);
    }
    String command = "benchmarks/run load " + String.join(" ", arguments);
    String head = "# Load\n\n" + Machine.markdown(repository, command.strip()) + "\n";
    ResultFiles.publish("load.md", head + report.markdown());
    if (report.wrong() > 0) {
      throw new IllegalStateException("%.0f answers were wrong".formatted(report.wrong()));
    }
  }

  private static LoadGenerator.Sessions sessions(Options options) {
    return LoadGenerator.Sessions.valueOf(
        options.text("--sessions").orElse("connection").toUpperCase(Locale.ROOT));
  }

  private static List<Target> targets(Options options, URI stub, Stack stack) {
    var through = new Targets(stack.url(), stack.apiKey(), Stack.UPSTREAM, sessions(options));
    List<Target> targets = new ArrayList<>();
    targets.add(Targets.direct(stub));
    for (String path : options.text("--paths").orElse("execute,modern,legacy").split(",", -1)) {
      targets.add(through.through(path));
    }
    return targets;
  }

  private void warmUp() throws IOException {
    int seconds = options.number("--warmup", 30);
    System.err.println("warming up for " + seconds + " s …");
    window.measure(targets.getFirst(), 16, Duration.ofSeconds(1), numbers());
    List<Target> through = targets.subList(1, targets.size());
    Duration each = Duration.ofSeconds(seconds).dividedBy(2L * through.size());
    for (int connections : List.of(16, 64)) {
      for (Target target : through) {
        window.measure(target, connections, each, numbers());
      }
    }
  }

  /// By concurrency and name of the target, a sample for each round.
  private Map<Integer, Map<String, List<Sample>>> measure() throws IOException {
    Duration length = Duration.ofSeconds(options.number("--seconds", 6));
    int rounds = options.number("--rounds", 3);
    Map<Integer, Map<String, List<Sample>>> samples = new LinkedHashMap<>();
    for (int connections : options.numbers("--concurrency", "1,16,64")) {
      Map<String, List<Sample>> byTarget = new LinkedHashMap<>();
      List<Target> order = new ArrayList<>(targets);
      for (int round = 1; round <= rounds; round++) {
        System.err.printf("c=%d, round %d of %d%n", connections, round, rounds);
        for (Target target : order) {
          byTarget
              .computeIfAbsent(target.name(), _ -> new ArrayList<>())
              .add(window.measure(target, connections, length, numbers()));
        }
        // No target always follows the same one's garbage.
        Collections.rotate(order, 1);
      }
      samples.put(connections, byTarget);
    }
    return samples;
  }

  private long numbers() {
    long first = nextNumber;
    nextNumber += NUMBERS_A_WINDOW;
    return first;
  }
}
