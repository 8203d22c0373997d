package dev.interceptor.core.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContinuationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"requestState\":\"s\",\"name\":\"t\"} | {\"requestState\":\"s\"}",
        "{\"inputResponses\":{\"b\":1.0,\"a\":[]}} | {\"inputResponses\":{\"a\":[],\"b\":1}}",
        "{\"requestState\":null,\"inputResponses\":{}} | {\"inputResponses\":{},\"requestState\":null}"
      })
  void theMembersThatGoOnWithACallAreBoundInCanonicalForm(String params, String canonical) {
    assertThat(of(params).map(Continuation::canonical))
        .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo(canonical));
  }

  @Test
  void aCallThatCarriesNeitherHasNone() {
    assertThat(of("{\"arguments\":{\"requestState\":\"s\"},\"_meta\":{}}")).isEmpty();
  }

  @Test
  void absentAndNullAreDifferent() {
    assertThat(of("{\"requestState\":\"s\",\"inputResponses\":null}"))
        .isNotEqualTo(of("{\"requestState\":\"s\"}"));
  }

  private static Optional<Continuation> of(String params) {
    try {
      return Continuation.of(
          StrictJson.parseObject(params.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT));
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
