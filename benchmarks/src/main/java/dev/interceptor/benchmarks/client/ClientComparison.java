package dev.interceptor.benchmarks.client;

import dev.interceptor.benchmarks.Machine;
import dev.interceptor.benchmarks.Options;
import dev.interceptor.benchmarks.ResultFiles;
import dev.interceptor.benchmarks.load.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Measures each client in turn, several rounds, against one stub in a process of its own.
public final class ClientComparison {
  private static final List<String> CLIENTS = List.of("socket", "apache", "jdk");

  private ClientComparison() {}

  public static void main(List<String> arguments) throws IOException {
    Options options = Options.parse(arguments, List.of("--seconds", "--rounds"));
    Path log = ResultFiles.repository().resolve("benchmarks/target/clients.log");
    Files.deleteIfExists(log);
    String seconds = Integer.toString(options.number("--seconds", 5));
    Map<String, List<String>> runs = new LinkedHashMap<>();
    try (ChildProcess stub = ChildProcess.startJava(log, "stub")) {
      String url = "http://127.0.0.1:" + stub.firstLine() + "/mcp";
      for (int round = 0; round < options.number("--rounds", 3); round++) {
        for (String client : CLIENTS) {
          System.err.println("round " + (round + 1) + ": " + client);
          try (var run = ChildProcess.startJava(log, "client-run", client, url, seconds)) {
            runs.computeIfAbsent(client, ignored -> new ArrayList<>()).add(run.firstLine());
          }
        }
      }
    }
    String command = ("benchmarks/run clients " + String.join(" ", arguments)).strip();
    String head = "# HTTP clients\n\n" + Machine.markdown(ResultFiles.repository(), command) + "\n";
    ResultFiles.publish("clients.md", head + markdown(runs));
  }

  private static String markdown(Map<String, List<String>> runs) {
    double floor = median(runs.getOrDefault("socket", List.of()), 0);
    StringBuilder text =
        new StringBuilder(
            """
            A kept-alive POST of 500 bytes to a stub on loopback, blocking, on virtual threads; medians over the
            rounds, each client in a fresh JVM. Times in microseconds; `added` is above bare sockets; CPU of the
            client's whole process a request.

            | client | p50, c=1 | added p50 | p99, c=1 | requests/s, c=64 | CPU, c=64 | failed |
            |---|---:|---:|---:|---:|---:|---:|
            """);
    runs.forEach((client, lines) ->
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %.0f | %.0f | %.1f | %.0f |%n",
                client,
                median(lines, 0),
                median(lines, 0) - floor,
                median(lines, 1),
                median(lines, 2),
                median(lines, 3),
                sum(lines, 4))));
    return text.toString();
  }

  private static double sum(List<String> lines, int column) {
    return lines.stream()
        .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[column]))
        .sum();
  }

  private static double median(List<String> lines, int column) {
    double[] values =
        lines.stream()
            .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[column]))
            .sorted()
            .toArray();
    return values.length == 0 ? Double.NaN : values[values.length / 2];
  }
}
