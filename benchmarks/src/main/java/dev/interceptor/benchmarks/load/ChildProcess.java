package dev.interceptor.benchmarks.load;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A process that this run started and ends, also when the run is interrupted. Its first line of
/// output says that it is ready.
public final class ChildProcess implements AutoCloseable {
  /// An environment variable with this run's pid: it marks whatever our processes start, also what
  /// detaches itself from them.
  static final String FAMILY = "BENCHMARKS_RUN";

  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final Process process;
  private final Thread onExit;
  private final String firstLine;

  private ChildProcess(Process process, Duration startTimeout) throws IOException {
    this.process = process;
    this.onExit = new Thread(this::stop, "stop-" + process.pid());
    Runtime.getRuntime().addShutdownHook(onExit);
    this.firstLine = awaitLine(startTimeout);
  }

  /// @param log receives the standard error
  /// @throws IOException if the process ends or says nothing before `startTimeout`
  public static ChildProcess start(List<String> command, Path log, Duration startTimeout)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(FAMILY, Long.toString(ProcessHandle.current().pid()));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new ChildProcess(builder.start(), startTimeout);
  }

  /// This program again, in a JVM of its own.
  public static ChildProcess startJava(Path log, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("dev.interceptor.benchmarks.Main");
    command.addAll(List.of(arguments));
    return start(command, log, Duration.ofSeconds(60));
  }

  private String awaitLine(Duration timeout) throws IOException {
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> readAll(line));
    try {
      return line.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      close();
      throw new IOException("a process did not become ready: see its log", e);
    }
  }

  /// Completes `first` with the first line and goes on reading, so that the process never blocks.
  private void readAll(CompletableFuture<String> first) {
    try (var output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = output.readLine();
      if (line == null) {
        first.completeExceptionally(new IOException("it ended without a word"));
        return;
      }
      first.complete(line);
      while (output.readLine() != null) {}
    } catch (IOException e) {
      first.completeExceptionally(e);
    }
  }

  public String firstLine() {
    return firstLine;
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The JVM is shutting down and runs the hook itself.
    }
  }

  /// Asks the process to end, then makes it and whatever it started.
  private void stop() {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    descendants.forEach(ProcessHandle::destroyForcibly);
  }
}
