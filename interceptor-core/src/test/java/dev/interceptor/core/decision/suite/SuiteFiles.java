package dev.interceptor.core.decision.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The suites and policies of the repository, for tests.
public final class SuiteFiles {
  private SuiteFiles() {}

  public static Path policies() {
    return Path.of(System.getProperty("repository", ".."), "policies");
  }

  /// A suite that has to be readable.
  public static DecisionSuite suite(Path file) {
    var read = SuiteReader.read(text(file), name(file), path -> text(file, path));
    assertThat(read).isInstanceOf(SuiteReader.Result.Read.class);
    return ((SuiteReader.Result.Read) read).suite();
  }

  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> text(Path suite, String path) {
    Path file = suite.resolveSibling(path);
    return Files.isRegularFile(file) ? Optional.of(text(file)) : Optional.empty();
  }

  public static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /// Every decision suite that ships. Those about results need the server's detectors, those of the
  /// lineage have two meanings.
  public static List<Path> suites() {
    Path tests = policies().resolve("tests");
    return files(tests).stream()
        .filter(file -> !file.startsWith(tests.resolve("invalid")))
        .filter(file -> !file.startsWith(tests.resolve("results")))
        .filter(file -> !file.startsWith(tests.resolve("lineage")))
        .toList();
  }

  /// The YAML and JSON files of a folder and the folders in it, in order.
  public static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().matches(".*\\.(yaml|json)")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
