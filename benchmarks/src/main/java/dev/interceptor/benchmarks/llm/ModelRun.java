package dev.interceptor.benchmarks.llm;

import dev.interceptor.benchmarks.Machine;
import dev.interceptor.benchmarks.Options;
import dev.interceptor.benchmarks.ResultFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `/v1` beside another gateway: alternates windows straight to the stub provider and through each
/// gateway, whole answers and streams, and reports medians over the rounds.
public final class ModelRun {
  private static final List<String> OPTIONS =
      List.of("--seconds", "--rounds", "--concurrency", "--warmup", "--paths");

  private final Options options;
  private final List<ModelTarget> targets;

  /// The processes that are no stores.
  private final Set<Long> own = new HashSet<>();

  private ModelRun(Options options, List<ModelTarget> targets, long stub) {
    this.options = options;
    this.targets = targets;
    own.add(stub);
    targets.forEach(target -> target.pid().ifPresent(own::add));
  }

  /// @param arguments see the usage text of `benchmarks/run`
  public static void main(List<String> arguments) throws IOException {
    Options options = Options.parse(arguments, OPTIONS);
    List<String> paths =
        List.of(options.text("--paths").orElse("direct,interceptor,portkey").split(",", -1));
    Path repository = ResultFiles.repository();
    Path log = repository.resolve("benchmarks/target/llm.log");
    Files.createDirectories(repository.resolve("benchmarks/target"));
    Files.deleteIfExists(log);
    Map<Shape, Map<Integer, Map<String, List<ModelSample>>>> samples = new LinkedHashMap<>();
    try (var gateways = Gateways.start(paths, repository, log)) {
      var run = new ModelRun(options, gateways.targets(), gateways.stubPid());
      run.check();
      run.warmUp();
      for (Shape shape : Shape.values()) {
        samples.put(shape, run.measure(shape));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage() + "; see benchmarks/target/llm.log", e);
    }
    var report = new ModelReport(samples);
    String command = "benchmarks/run llm " + String.join(" ", arguments);
    String head = "# `/v1` under load\n\n" + Machine.markdown(repository, command.strip()) + "\n";
    ResultFiles.publish("llm.md", head + report.markdown());
    if (report.wrong() > 0) {
      throw new IllegalStateException("%.0f answers were wrong".formatted(report.wrong()));
    }
  }

  private void check() throws IOException {
    for (ModelTarget target : targets) {
      for (Shape shape : Shape.values()) {
        ModelCheck.check(target, shape);
      }
    }
  }

  private void warmUp() throws IOException {
    int seconds = options.number("--warmup", 40);
    System.err.println("warming up for " + seconds + " s …");
    Duration each =
        Duration.ofSeconds(seconds).dividedBy(2L * Shape.values().length * targets.size());
    for (int connections : List.of(16, 64)) {
      for (ModelTarget target : targets) {
        for (Shape shape : Shape.values()) {
          ModelSample.measure(target, shape, connections, each, own);
        }
      }
    }
  }

  /// By concurrency and name of the target, a sample for each round.
  private Map<Integer, Map<String, List<ModelSample>>> measure(Shape shape) throws IOException {
    Duration length = Duration.ofSeconds(options.number("--seconds", 5));
    int rounds = options.number("--rounds", 3);
    Map<Integer, Map<String, List<ModelSample>>> samples = new LinkedHashMap<>();
    for (int connections : options.numbers("--concurrency", "1,16,64")) {
      Map<String, List<ModelSample>> byTarget = new LinkedHashMap<>();
      targets.forEach(target -> byTarget.put(target.name(), new ArrayList<>()));
      List<ModelTarget> order = new ArrayList<>(targets);
      for (int round = 1; round <= rounds; round++) {
        System.err.printf("%s, c=%d, round %d of %d%n", shape, connections, round, rounds);
        for (ModelTarget target : order) {
          ModelSample sample = ModelSample.measure(target, shape, connections, length, own);
          byTarget.computeIfAbsent(target.name(), _ -> new ArrayList<>()).add(sample);
        }
        // No target always follows the same one's garbage.
        Collections.rotate(order, 1);
      }
      samples.put(connections, byTarget);
    }
    return samples;
  }
}
