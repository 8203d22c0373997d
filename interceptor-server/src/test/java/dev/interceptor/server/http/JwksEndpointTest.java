package dev.interceptor.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.VerificationKey;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.signing.PublishedKeys;
import dev.interceptor.server.telemetry.FlowMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JwksEndpointTest {
  private static final VerificationKey ONE = SigningKey.generate(new Random(1)).publicKey();
  private static final VerificationKey TWO = SigningKey.generate(new Random(2)).publicKey();

  private final AtomicReference<Supplier<PublishedKeys>> keys =
      new AtomicReference<>(() -> set(17, ONE));
  private final HttpClient http = HttpClient.newHttpClient();
  private final Listener listener =
      Listener.start(
          "127.0.0.1",
          0,
          new FlowMetrics(new SimpleMeterRegistry()),
          routes -> routes.get("/jwks", new JwksEndpoint(() -> keys.get().get())::get));

  @AfterEach
  void stop() {
    listener.close();
  }

  private static PublishedKeys set(int seconds, VerificationKey... keys) {
    return new PublishedKeys(JwkSet.of(List.of(keys)), Duration.ofSeconds(seconds));
  }

  private HttpResponse<byte[]> get(String condition) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(listener.url() + "/jwks"));
    return http.send(
        (condition.isEmpty() ? request : request.header("If-None-Match", condition)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void theSetComesWithHowLongItMayBeRemembered() throws Exception {
    HttpResponse<byte[]> response = get("");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo("application/jwk-set+json");
    assertThat(header(response, "Cache-Control")).isEqualTo("private, max-age=17");
    assertThat(JwkSet.parse(response.body()).keys()).containsExactly(ONE);
  }

  @Test
  void aSetThatIsKnownIsNotSentAgain() throws Exception {
    String tag = header(get(""), "ETag");
    assertThat(tag).matches("\"[0-9a-f]{64}\"");
    keys.set(() -> set(5, ONE));
    for (String condition : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
      HttpResponse<byte[]> same = get(condition);
      assertThat(same.statusCode()).isEqualTo(304);
      assertThat(header(same, "Cache-Control")).isEqualTo("private, max-age=5");
      assertThat(header(same, "ETag")).isEqualTo(tag);
      assertThat(same.body()).isEmpty();
    }
    keys.set(() -> set(5, TWO, ONE));
    HttpResponse<byte[]> changed = get(tag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(header(changed, "ETag")).isNotEqualTo(tag);
  }

  @Test
  void withoutKeysTheAnswerIsAFailureThatNobodyRemembers() throws Exception {
    keys.set(() -> {
      throw InterceptorException.of(ErrorCode.SIGNING_UNAVAILABLE, "`/keys/a.pem` is torn");
    });
    HttpResponse<byte[]> response = get("");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    assertThat(new String(response.body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("SIGNING_UNAVAILABLE")
        .doesNotContain("a.pem");
  }
}
