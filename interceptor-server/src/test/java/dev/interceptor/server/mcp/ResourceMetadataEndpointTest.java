package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.http.Listener;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.telemetry.FlowMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceMetadataEndpointTest {
  private static final String PATH = ProtectedResource.WELL_KNOWN;
  private static final McpSettings PUBLIC =
      new McpSettings(
          Set.of(),
          Set.of(),
          McpSettings.publicUrl("https://gw.test"),
          McpSettings.authorizationServers("https://login.test/a,https://login.test/b"));
  private static final Authority HOST = Authority.parse("localhost:8080").orElseThrow();

  private final HttpClient http = HttpClient.newHttpClient();

  private Listener listener(McpSettings settings) {
    var endpoint = new ResourceMetadataEndpoint(new ProtectedResource(settings, "127.0.0.1"));
    return Listener.start(
        "127.0.0.1",
        0,
        new FlowMetrics(new SimpleMeterRegistry()),
        routes -> {
          routes.get(PATH, endpoint::get);
          routes.get(PATH + "/mcp", endpoint::get);
          routes.get(PATH + "/mcp/{upstream}", endpoint::getUpstream);
        });
  }

  private HttpResponse<String> get(Listener listener, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(listener.url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void withoutAPublicUrlTheHostThatTheClientNamedIsTheResource() throws Exception {
    try (Listener listener = listener(McpSettings.DEFAULT)) {
      for (String path : List.of(PATH, PATH + "/mcp")) {
        HttpResponse<String> response = get(listener, path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Posts.json(response.body()))
            .isEqualTo(
                Posts.json(
                    """
                    {"resource":"%s/mcp","resource_name":"Sentinel Interceptor",
                     "bearer_methods_supported":["header"]}\
                    """
                        .formatted(listener.url())));
      }
      assertThat(get(listener, PATH + "/mcp/mail").body())
          .contains("\"" + listener.url() + "/mcp/mail\"");
      assertThat(get(listener, PATH + "/mcp/NO_NAME").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aPublicUrlAndAuthorizationServersAreToldInTheirOrder() throws Exception {
    try (Listener listener = listener(PUBLIC)) {
      assertThat(Posts.json(get(listener, PATH + "/mcp/mail").body()))
          .isEqualTo(
              Posts.json(
                  """
                  {"resource":"https://gw.test/mcp/mail","resource_name":"Sentinel Interceptor",
                   "bearer_methods_supported":["header"],
                   "authorization_servers":["https://login.test/a","https://login.test/b"]}\
                  """));
    }
  }

  @Test
  void aHostThatIsNotAcceptedIsNotToldToAnybody() throws Exception {
    try (Listener listener = listener(McpSettings.DEFAULT);
        var client = new RawClient(URI.create(listener.url()))) {
      var reply =
          client.raw(
              ("GET " + PATH + " HTTP/1.1\r\nHost: evil.test\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.code()).isEqualTo("FORBIDDEN_ORIGIN");
      assertThat(reply.body()).doesNotContain("evil");
    }
  }

  @Test
  void theChallengePointsToTheMetadataOnlyWhereThereIsSomethingToLearn() {
    assertThat(challenge(McpSettings.DEFAULT, "/mcp")).isEqualTo("Bearer");
    assertThat(challenge(PUBLIC, "/mcp/mail"))
        .isEqualTo(
            "Bearer resource_metadata="
                + "\"https://gw.test/.well-known/oauth-protected-resource/mcp/mail\"");
    assertThat(challenge(PUBLIC, "/mcp/%22evil")).endsWith("/mcp\"");
    var withoutUrl =
        new McpSettings(
            Set.of(),
            Set.of(),
            Optional.empty(),
            McpSettings.authorizationServers("https://login.test"));
    assertThat(challenge(withoutUrl, "/mcp"))
        .isEqualTo(
            "Bearer resource_metadata="
                + "\"http://localhost:8080/.well-known/oauth-protected-resource/mcp\"");
  }

  private static String challenge(McpSettings settings, String path) {
    return new ProtectedResource(settings, "127.0.0.1").challenge(path, HOST);
  }
}
