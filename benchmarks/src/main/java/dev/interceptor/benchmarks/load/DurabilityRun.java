package dev.interceptor.benchmarks.load;

import dev.interceptor.benchmarks.Machine;
import dev.interceptor.benchmarks.Options;
import dev.interceptor.benchmarks.ResultFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a durable log costs: windows of the same load on the same server, alternately with and
/// without waiting for the disk.
public final class DurabilityRun {
  private static final List<String> OPTIONS =
      List.of("--seconds", "--rounds", "--concurrency", "--warmup");
  private static final Duration AFTER_THE_SWITCH = Duration.ofSeconds(2);

  /// Far above what one window can send.
  private static final long NUMBERS_A_WINDOW = 10_000_000;

  private final Window window;
  private final Target target;
  private final Durability durability;
  private final Duration length;
  private long nextNumber;

  /// The windows of one concurrency and mode.
  record Result(List<Sample> samples, Durability.Counts counts) {}

  private DurabilityRun(Window window, Target target, Durability durability, Duration length) {
    this.window = window;
    this.target = target;
    this.durability = durability;
    this.length = length;
  }

  /// @param arguments see the usage text of `benchmarks/run`
  public static void main(List<String> arguments) throws IOException, SQLException {
    Options options = Options.parse(arguments, OPTIONS);
    Path repository = ResultFiles.repository();
    Path log = repository.resolve("benchmarks/target/load.log");
    Files.deleteIfExists(log);
    Map<Integer, Map<Boolean, Result>> results = new LinkedHashMap<>();
    try (ChildProcess stub = ChildProcess.startJava(log, "stub")) {
      URI stubUrl = URI.create("http://127.0.0.1:" + stub.firstLine() + "/mcp");
      try (Stack stack = Stack.start(repository, stubUrl, log);
          Durability durability = Durability.of(stack.databaseUrl())) {
        var targets =
            new Targets(
                stack.url(), stack.apiKey(), Stack.UPSTREAM, LoadGenerator.Sessions.CONNECTION);
        var run =
            new DurabilityRun(
                new Window(stack.pid(), stub.pid()),
                targets.through(Targets.EXECUTE),
                durability,
                Duration.ofSeconds(options.number("--seconds", 6)));
        run.warmUp(Duration.ofSeconds(options.number("--warmup", 30)));
        for (int connections : options.numbers("--concurrency", "1,16,64")) {
          results.put(connections, run.measure(connections, options.number("--rounds", 3)));
        }
      }
    }
    String command = "benchmarks/run durability " + String.join(" ", arguments);
    String head = "# Durability\n\n" + Machine.markdown(repository, command.strip()) + "\n";
    ResultFiles.publish("durability.md", head + new DurabilityReport(results).markdown());
  }

  private void warmUp(Duration time) throws IOException {
    System.err.println("warming up for " + time.toSeconds() + " s …");
    for (int connections : List.of(16, 64)) {
      window.measure(target, connections, time.dividedBy(2), numbers());
    }
  }

  private Map<Boolean, Result> measure(int connections, int rounds)
      throws IOException, SQLException {
    Map<Boolean, Result> byMode = new LinkedHashMap<>();
    byMode.put(true, new Result(new ArrayList<>(), new Durability.Counts(0, 0)));
    byMode.put(false, new Result(new ArrayList<>(), new Durability.Counts(0, 0)));
    for (int round = 1; round <= rounds; round++) {
      System.err.printf("c=%d, round %d of %d%n", connections, round, rounds);
      // Neither mode always follows the other one's garbage.
      boolean first = round % 2 == 1;
      for (boolean durable : List.of(first, !first)) {
        Result before = Objects.requireNonNull(byMode.get(durable));
        byMode.put(durable, measured(connections, durable, before));
      }
    }
    return byMode;
  }

  /// The rows and flushes are those of all that was done in this mode: also of a window before the
  /// measured one, in which the product opens its new connections.
  private Result measured(int connections, boolean durable, Result before)
      throws IOException, SQLException {
    Durability.Counts start = durability.switchTo(durable);
    window.measure(target, connections, AFTER_THE_SWITCH, numbers());
    before.samples().add(window.measure(target, connections, length, numbers()));
    Durability.Counts end = durability.switchTo(durable);
    return new Result(before.samples(), before.counts().plus(end.since(start)));
  }

  private long numbers() {
    long first = nextNumber;
    nextNumber += NUMBERS_A_WINDOW;
    return first;
  }
}
