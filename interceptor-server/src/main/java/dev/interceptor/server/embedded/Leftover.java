package dev.interceptor.server.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A server that a killed run of this program left behind in its state folder.
final class Leftover {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Leftover() {}

  /// Ends the process if it is alive and runs the expected program; a recycled process id is left
  /// alone.
  ///
  /// @param program the start of the executable's file name
  static void end(long pid, String program) {
    ProcessHandle.of(pid)
        .filter(process -> runs(process, program))
        .ifPresent(process -> {
          process.destroy();
          if (!endedInTime(process)) {
            process.destroyForcibly();
            endedInTime(process);
          }
        });
  }

  /// Waits for a process that was told to end, and ends it if it does not.
  static void awaitEnd(long pid) {
    ProcessHandle.of(pid)
        .filter(process -> !endedInTime(process))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  private static boolean runs(ProcessHandle process, String program) {
    return process
        .info()
        .command()
        .map(command -> Path.of(command).getFileName().toString().startsWith(program))
        .orElse(false);
  }

  private static boolean endedInTime(ProcessHandle process) {
    try {
      process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("waiting for a process failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
