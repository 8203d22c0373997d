package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShippedPoliciesTest {
  @ParameterizedTest
  @ValueSource(strings = {"demo.yaml", "default.yaml"})
  void everyShippedPolicyLoads(String file) throws IOException {
    Path path = Path.of(System.getProperty("repository", ".."), "policies", file);
    assertThat(PolicyParser.parse(Files.readString(path), file))
        .isInstanceOf(PolicyParser.Result.Parsed.class);
  }
}
