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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The load harness: alternates windows straight to the upstream and through the interceptor, and
/// reports medians over the rounds.
public final class LoadRun {
  private static final List<String> OPTIONS =
      List.of("--seconds", "--rounds", "--concurrency", "--sessions", "--warmup");

  /// Far above what one window can send.
  private static final long NUMBERS_A_WINDOW = 10_000_000;

  private final Window window;
  private final Duration length;
  private long nextNumber;

  private LoadRun(Window window, Duration length) {
    this.window = window;
    this.length = length;
  }

  /// @param arguments see the usage text of `benchmarks/run`
  public static void main(List<String> arguments) throws IOException {
    Options options = Options.parse(arguments, OPTIONS);
    Path repository = ResultFiles.repository();
    Path log = repository.resolve("benchmarks/target/load.log");
    Files.deleteIfExists(log);
    var sessions =
        LoadGenerator.Sessions.valueOf(
            options.text("--sessions").orElse("connection").toUpperCase(Locale.ROOT));
    try (ChildProcess stub = ChildProcess.startJava(log, "stub")) {
      URI stubUrl = URI.create("http://127.0.0.1:" + stub.firstLine() + "/mcp");
      try (Stack stack = Stack.start(repository, stubUrl, log)) {
        var run =
            new LoadRun(
                new Window(stack.pid(), stub.pid()),
                Duration.ofSeconds(options.number("--seconds", 6)));
        Target direct = Targets.direct(stubUrl);
        Target through = Targets.through(stack.url(), stack.apiKey(), Stack.UPSTREAM, sessions);
        run.warmUp(direct, through, options.number("--warmup", 15));
        StageTimes before = StageTimes.read(stack.adminUrl(), stack.adminKey());
        Map<Integer, LoadReport.Pair> medians =
            run.measure(
                direct,
                through,
                options.numbers("--concurrency", "1,16,64"),
                options.number("--rounds", 3));
        StageTimes stages = StageTimes.read(stack.adminUrl(), stack.adminKey()).since(before);
        String command = "benchmarks/run load " + String.join(" ", arguments);
        String head = "# Load\n\n" + Machine.markdown(repository, command.strip()) + "\n";
        ResultFiles.publish("load.md", head + LoadReport.markdown(medians, sessions, stages));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage() + "; see benchmarks/target/load.log", e);
    }
  }

  private void warmUp(Target direct, Target through, int seconds) throws IOException {
    System.err.println("warming up for " + seconds + " s …");
    Duration half = Duration.ofMillis(seconds * 500L);
    window.measure(direct, 16, Duration.ofSeconds(1), numbers());
    window.measure(through, 16, half, numbers());
    window.measure(through, 64, half, numbers());
  }

  private Map<Integer, LoadReport.Pair> measure(
      Target direct, Target through, List<Integer> concurrencies, int rounds) throws IOException {
    Map<Integer, LoadReport.Pair> medians = new LinkedHashMap<>();
    for (int connections : concurrencies) {
      List<Sample> directly = new ArrayList<>();
      List<Sample> intercepted = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        System.err.printf("c=%d, round %d of %d%n", connections, round, rounds);
        directly.add(window.measure(direct, connections, length, numbers()));
        intercepted.add(window.measure(through, connections, length, numbers()));
      }
      medians.put(
          connections, new LoadReport.Pair(Sample.median(directly), Sample.median(intercepted)));
    }
    return medians;
  }

  private long numbers() {
    long first = nextNumber;
    nextNumber += NUMBERS_A_WINDOW;
    return first;
  }
}
