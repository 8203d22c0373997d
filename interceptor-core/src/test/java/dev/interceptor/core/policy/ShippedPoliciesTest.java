package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every file of `policies`, without its suites.
final class ShippedPoliciesTest {
  private static final Path POLICIES =
      Path.of(System.getProperty("repository", "..")).resolve("policies");

  @TestFactory
  List<DynamicTest> everyShippedPolicyLoadsWithoutAWarning() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : shipped()) {
      String name = POLICIES.relativize(file).toString();
      tests.add(DynamicTest.dynamicTest(name, () -> loads(file, name)));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(3);
    return tests;
  }

  private static void loads(Path file, String name) throws IOException {
    var result = PolicyParser.parse(Files.readString(file), name);
    assertThat(result).isInstanceOf(PolicyParser.Result.Parsed.class);
    var parsed = (PolicyParser.Result.Parsed) result;
    assertThat(parsed.warnings()).isEmpty();
    assertThat(parsed.policies()).hasSize(1);
  }

  private static List<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.walk(POLICIES)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.startsWith(POLICIES.resolve("tests")))
          .sorted()
          .toList();
    }
  }
}
