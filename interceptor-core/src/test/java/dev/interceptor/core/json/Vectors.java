package dev.interceptor.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The external test vectors. Where the folder is missing the test is skipped.
final class Vectors {
  private Vectors() {}

  static Path path(String name) {
    Path folder = Path.of(System.getProperty("vectors", "../../shared/vectors"));
    assumeTrue(Files.isDirectory(folder), "the external vectors are not here");
    return folder.resolve(name);
  }

  /// The files below a folder that match; a folder without any is a fault of the test.
  static List<Path> files(String folder, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> all = Files.walk(path(folder))) {
      List<Path> files = all.filter(Files::isRegularFile).filter(wanted).sorted().toList();
      assertThat(files).isNotEmpty();
      return files;
    }
  }
}
