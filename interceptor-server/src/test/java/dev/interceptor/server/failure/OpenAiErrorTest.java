package dev.interceptor.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OpenAiErrorTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyCodeKeepsItsStatusAndHasAllMembers(ErrorCode code) {
    OpenAiError error = OpenAiError.of(code, "detail");
    assertThat(error.status()).isEqualTo(code.status());
    assertThat(error.envelope().path("error").properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("message", "type", "param", "code");
    assertThat(error.message()).isNotBlank();
    assertThat(error.code()).isPresent();
  }

  @Test
  void whatIsInsideStaysInside() {
    var failure =
        InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "redis://:hunter2@host is gone");
    assertThat(OpenAiError.of(failure).envelope().toString())
        .isEqualTo(
            "{\"error\":{\"message\":\"An internal error occurred. Please try again later.\","
                + "\"type\":\"internal_error\",\"param\":null,\"code\":\"service_unavailable\"}}");
    assertThat(OpenAiError.of(new IllegalStateException("hunter2")).toString())
        .doesNotContain("hunter2");
  }

  @Test
  void aDenialIsNotRetriedAndALimitSaysWhenItIsWorthIt() {
    assertThat(OpenAiError.denied("policy_denied", "no").headers())
        .containsEntry("x-should-retry", "false");
    assertThat(OpenAiError.limited(ErrorCode.RATE_LIMITED, Duration.ofMillis(1)).headers())
        .containsEntry("retry-after", "1")
        .containsEntry("retry-after-ms", "1");
    assertThat(
            OpenAiError.limited(ErrorCode.CONCURRENCY_LIMITED, Duration.ofMillis(2001)).headers())
        .containsEntry("retry-after", "3");
    assertThat(OpenAiError.limited(ErrorCode.RATE_LIMITED, Duration.ZERO).headers())
        .containsEntry("retry-after", "1");
  }

  @Test
  void aModelThatIsUnknownIsNamed() {
    OpenAiError error = OpenAiError.modelNotFound("gpt-9");
    assertThat(error.status()).isEqualTo(404);
    assertThat(error.message())
        .isEqualTo("The model `gpt-9` does not exist or you do not have access to it.");
    assertThat(error.code()).contains("model_not_found");
    assertThat(error.ollama().toString()).startsWith("{\"error\":\"The model");
  }
}
