package dev.interceptor.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// The folder `benchmarks/results`, one file a day and kind of run; a later run of a day replaces
/// the earlier one.
public final class ResultFiles {
  private ResultFiles() {}

  /// The root of the checkout, as `benchmarks/run` tells it.
  public static Path repository() {
    String root = System.getProperty("benchmarks.repository");
    if (root == null) {
      throw new IllegalStateException("start this with benchmarks/run");
    }
    return Path.of(root);
  }

  /// Prints `text` and writes it to `results/<date>-<name>`.
  public static void publish(String name, String text) throws IOException {
    System.out.println(text);
    Path file = write(name, text);
    System.out.println("written to " + repository().relativize(file));
  }

  public static Path write(String name, String text) throws IOException {
    Path folder = repository().resolve("benchmarks/results");
    Files.createDirectories(folder);
    return Files.writeString(folder.resolve(LocalDate.now(ZoneOffset.UTC) + "-" + name), text);
  }
}
