package dev.interceptor.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyTextTest {
  private static final String POLICIES =
      "policies: [{name: p, static_rules: {read: ALLOW}, taint_rules: []}]\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "customers: [{api_key: sk_1, owner: o, mcp_upstream_url: 'http://u', policy_name: p}]",
        "private_key: abc",
        "api_key: sk_1"
      })
  void aTextThatHoldsKeysLoadsFromAFileAndIsNeverStored(String keys) {
    assertThat(PolicyText.read(POLICIES + keys, "p.yaml"))
        .isInstanceOf(PolicyText.Reading.Good.class);
    assertThat(PolicyText.readToStore(POLICIES + keys, "p.yaml"))
        .isInstanceOfSatisfying(
            PolicyText.Reading.Bad.class,
            bad -> {
              assertThat(bad.problems()).hasSize(1);
              assertThat(bad.problems().toString()).doesNotContain("sk_1").doesNotContain("abc");
            });
  }

  @Test
  void anotherTextIsStored() {
    assertThat(PolicyText.readToStore(POLICIES, "p.yaml"))
        .isInstanceOf(PolicyText.Reading.Good.class);
  }
}
