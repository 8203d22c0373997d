package dev.interceptor.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Where and on what the numbers were measured, for the head of a result.
public final class Machine {
  private Machine() {}

  /// @param repository the checkout that was measured
  public static String markdown(Path repository, String command) {
    return """
    - command: `%s`
    - commit: %s
    - machine: %d cores, %s, %s %s
    - JDK: %s %s
    """
        .formatted(
            command,
            commit(repository),
            Runtime.getRuntime().availableProcessors(),
            processor(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            System.getProperty("java.vm.name"),
            System.getProperty("java.runtime.version"));
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown processor");
    } catch (IOException e) {
      return "unknown processor";
    }
  }

  private static String commit(Path repository) {
    String commit = git(repository, "rev-parse", "--short=12", "HEAD");
    boolean changed =
        !git(repository, "status", "--porcelain", "--", ".", ":!benchmarks/results").isEmpty();
    return commit + (changed ? " with uncommitted changes" : "");
  }

  private static String git(Path repository, String... arguments) {
    var command = new java.util.ArrayList<String>();
    command.add("git");
    command.addAll(java.util.List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(repository.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
          ? output.strip()
          : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
