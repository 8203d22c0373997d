package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypesTest {
  private static final Lines USUAL = Lines.modernCall();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json, text/event-stream",
        "text/event-stream,application/json",
        "Application/JSON;q=0.1, TEXT/event-stream;q=0.001",
        "*/*",
        "application/*, text/*",
        "application/json, text/event-stream;q=1, */*;q=0"
      })
  void acceptMustCoverBothKindsOfAnswer(String accept) {
    assertThatCode(() -> MediaTypes.requirePost(USUAL.replacing("Accept", accept)))
        .doesNotThrowAnyException();
  }

  @Test
  void acceptMayBeSplitOverLines() {
    Lines split = USUAL.replacing("Accept", "application/json").with("Accept", "text/event-stream");
    assertThatCode(() -> MediaTypes.requirePost(split)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/json",
        "text/event-stream",
        "application/json, text/event-stream;q=0",
        "application/json, text/event-stream; q=0.000",
        "*/*, text/event-stream;q=0",
        "application/*;q=0, application/jsonp, text/*",
        "application/json, text/html"
      })
  void anAcceptWithoutOneOfThemIsRefusedWith406(String accept) {
    assertStatus(406, USUAL.replacing("Accept", accept));
  }

  @Test
  void aMissingAcceptIsRefusedWith406() {
    assertStatus(406, USUAL.without("Accept"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json; charset=utf-8", "Application/Json;charset=\"UTF-8\""})
  void jsonInUtf8IsTaken(String type) {
    assertThatCode(() -> MediaTypes.requirePost(USUAL.replacing("Content-Type", type)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "text/plain", "application/jsonp", "application/json; charset=utf-16"})
  void anotherContentTypeIsRefusedWith415(String type) {
    assertStatus(415, USUAL.replacing("Content-Type", type));
  }

  @Test
  void aMissingContentTypeAndACodedBodyAreRefusedWith415() {
    assertStatus(415, USUAL.without("Content-Type"));
    assertStatus(415, USUAL.with("Content-Encoding", "gzip"));
    assertThatCode(() -> MediaTypes.requirePost(USUAL.with("Content-Encoding", "identity")))
        .doesNotThrowAnyException();
  }

  @Test
  void twoContentTypesAreRefusedWith400() {
    assertStatus(400, USUAL.with("Content-Type", "text/plain"));
  }

  @Test
  void aStreamIsOpenedOnlyForThoseWhoAcceptOne() {
    assertThatCode(() -> MediaTypes.requireEventStream(Lines.of("Accept", "text/event-stream")))
        .doesNotThrowAnyException();
    RefusedMessage refused =
        catchThrowableOfType(
            RefusedMessage.class,
            () -> MediaTypes.requireEventStream(Lines.of("Accept", "application/json")));
    assertThat(refused.error().status()).isEqualTo(406);
  }

  private static void assertStatus(int status, Lines headers) {
    RefusedMessage refused =
        catchThrowableOfType(RefusedMessage.class, () -> MediaTypes.requirePost(headers));
    assertThat(refused).as(headers.toString()).isNotNull();
    assertThat(refused.error().status()).isEqualTo(status);
  }
}
