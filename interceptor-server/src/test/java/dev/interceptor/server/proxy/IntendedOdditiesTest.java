package dev.interceptor.server.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What `docs/intended-oddities.md` says about requests.
class IntendedOdditiesTest {
  private static final String OTHER_KEY = "ik_abcdefgh_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

  private final DevStack stack = SharedStack.get();
  private final HttpClient http = HttpClient.newHttpClient();
  private final String session = UUID.randomUUID().toString();

  private int call(String tool, String args, String... headers)
      throws IOException, InterruptedException {
    String body =
        "{\"session_id\":\"%s\",\"tool_name\":\"%s\",\"args\":%s}".formatted(session, tool, args);
    return http.send(
            HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/execute"))
                .header("Content-Type", "application/json")
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void twoDifferentKeysAreNoKey() throws IOException, InterruptedException {
    String good = stack.apiKey();
    assertThat(call("list_customers", "{}", "X-API-Key", good, "X-API-Key", OTHER_KEY))
        .isEqualTo(401);
    assertThat(
            call("list_customers", "{}", "X-API-Key", good, "Authorization", "Bearer " + OTHER_KEY))
        .isEqualTo(401);
    assertThat(call("list_customers", "{}", "X-API-Key", good, "Authorization", "Bearer " + good))
        .isEqualTo(200);
  }

  @Test
  void aPermitThatChangesNothingWritesNothing() throws IOException, InterruptedException {
    String[] key = {"X-API-Key", stack.apiKey()};
    long before = writes();
    assertThat(call("list_customers", "{}", key)).isEqualTo(200);
    long once = writes();
    assertThat(once).isGreaterThan(before);
    assertThat(call("list_customers", "{}", key)).isEqualTo(200);
    assertThat(writes()).isEqualTo(once);
  }

  @Test
  void aDeniedCallWritesNothing() throws IOException, InterruptedException {
    String[] key = {"X-API-Key", stack.apiKey()};
    assertThat(call("list_customers", "{}", key)).isEqualTo(200);
    long before = writes();
    assertThat(call("run_shell", "{\"command\":\"id\"}", key)).isEqualTo(403);
    assertThat(writes()).isEqualTo(before);
  }

  /// How often Redis has been told to store a state.
  private long writes() {
    try (RedisClient client = RedisClient.create(stack.services().redisUri().toString());
        var connection = client.connect()) {
      return connection
          .sync()
          .info("commandstats")
          .lines()
          .filter(line -> line.startsWith("cmdstat_set:calls="))
          .mapToLong(line -> Long.parseLong(line.replaceAll("^.*?calls=(\\d+),.*$", "$1")))
          .sum();
    }
  }
}
