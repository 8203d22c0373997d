package dev.interceptor.server;

import dev.interceptor.server.cli.InterceptorCommand;
import java.nio.file.Path;

/// The process: the only place that reads the environment and ends it.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Path home = Path.of(System.getProperty("interceptor.home", "."));
    System.exit(InterceptorCommand.run(args, home, System.getenv()));
  }
}
