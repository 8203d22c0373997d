package dev.interceptor.server.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One running product for all tests of a JVM that do not break it; stopped when the JVM ends.
public final class SharedStack {
  private SharedStack() {}

  private static final class Holder {
    static final DevStack STACK = start();

    private static DevStack start() {
      Path state = temporary();
      DevStack stack = DevStack.start(new DevStack.Settings(state, 0, 0, demoPolicy(), List.of()));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                stack.close();
                delete(state);
              }));
      return stack;
    }
  }

  public static DevStack get() {
    return Holder.STACK;
  }

  /// The shipped policy of the demo world.
  public static Path demoPolicy() {
    return Path.of(System.getProperty("repository", "..")).resolve("policies/demo.yaml");
  }

  public static Path temporary() {
    try {
      return Files.createTempDirectory("interceptor-test-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path folder) {
    try {
      StateFolder.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
