package dev.interceptor.server.cli;

import java.util.concurrent.CountDownLatch;

/// Keeps a command running until Ctrl-C or SIGTERM, then closes what it runs.
final class Shutdown {
  private Shutdown() {}

  /// Does not return: when the process is told to stop, `running` is closed and the process ends
  /// with 0, or with 3 if something did not close.
  static void await(AutoCloseable running) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(close(running)), "shutdown"));
    new CountDownLatch(1).await();
  }

  private static int close(AutoCloseable running) {
    try {
      running.close();
      return InterceptorCommand.OK;
    } catch (Exception e) {
      System.err.println("interceptor: did not stop cleanly: " + e.getMessage());
      return InterceptorCommand.UNKNOWN;
    }
  }
}
