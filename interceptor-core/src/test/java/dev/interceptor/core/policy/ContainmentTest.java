package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContainmentTest {
  private static final String HOME = "/home/demo";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/home/demo",
        "/home/demo/",
        "/home/demo/a.txt",
        "/home/demo/a/../b",
        "/home/demo/./a//b",
        "/home/demo/../demo/a",
        "/home/demo/100%.txt",
        "/home/demo/a%20b",
        "/home/demo/%C3%BC",
        "/home/demo/a\\b",
        "/home/demo/...",
      })
  void aPathInsideIsInside(String path) {
    assertThat(Containment.within(path, HOME)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.txt",
        "home/demo/a",
        "/",
        "/home",
        "/home/demo2/a",
        "/home/demo/..",
        "/home/demo/../../etc/passwd",
        "/home/demo/a/../../x",
        "/home/demo/%2e%2e/x",
        "/home/demo/%2E./x",
        "/home/demo/%252e%252e/x",
        "/home/demo/%25252e%25252e%25252fx",
        "/home/demo/..%2f..%2fetc",
        "/home/demo/..%5c..%5cetc",
        "/home/demo/..\\..\\etc",
        "\\home\\demo\\a",
        "/home\\demo\\a",
        "/home%2fdemo/a",
        "//home/demo/a",
        "/\\home/demo/a",
        "/home/demo/a\0.txt",
        "/home/demo/a%00.txt",
        "/home/demo/a%2500.txt",
        "/home/demo/%c0%ae%c0%ae/x",
        "/home/demo/%ff",
        "file:///home/demo/a",
        "/home/Demo/a",
        "/home/demo/%25252525252525252525252e",
      })
  void whatMightLieOutsideIsNotInside(String path) {
    assertThat(Containment.within(path, HOME)).isFalse();
  }

  @Test
  void aRootThatIsNotAPlainAbsolutePathIsAFault() {
    assertThatThrownBy(() -> Containment.within("/home/demo", "home"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
