package dev.interceptor.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.telemetry.FlowMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListenerTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final Listener listener =
      Listener.start(
          "127.0.0.1",
          0,
          new FlowMetrics(new SimpleMeterRegistry()),
          routes -> {
            routes.get("/v1/models/<model>", context -> context.result(context.pathParam("model")));
            routes.get("/secret/place", context -> context.result("reached"));
          });

  @AfterEach
  void stop() {
    listener.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(listener.url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme/llama3:8b", "acme%2Fllama3%3A8b", "acme%2fllama3:8b"})
  void aSlashInANameMayBeWrittenEitherWay(String name) throws Exception {
    assertThat(get("/v1/models/" + name).body()).isEqualTo("acme/llama3:8b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/secret%2Fplace",
        "/v1/models%2Fx",
        "/v1%2Fmodels/x",
        "/v1/models/..%2F..%2Fsecret%2Fplace%2F",
        "/v1/models/%2e%2e/%2e%2e/secret/place",
        "/v1/models/..;/..;/secret/place"
      })
  void anEncodedSlashLeadsToNoOtherRoute(String path) throws Exception {
    assertThat(get(path).body()).doesNotContain("reached");
  }

  @Test
  void theRouteItselfIsReached() throws Exception {
    assertThat(get("/secret/place").body()).isEqualTo("reached");
  }
}
