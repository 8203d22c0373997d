package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.ApiKey;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.identity.NewKey;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Who was let in and who was not, as the audit log has it. SPEC §3, §9.
final class AuthenticationEventsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final DevStack stack = SharedStack.get();
  private final CustomerId customer = new CustomerId("in-" + UUID.randomUUID());

  private ApiKey key(ApiKeyStore keys, KeyRole role) {
    return keys.create(new NewKey(customer, role, "test", Optional.empty()), "test");
  }

  private static String text(ApiKey key) {
    return new String(key.insecureBytes(), StandardCharsets.US_ASCII);
  }

  private static int get(String url, String path, String key) throws IOException {
    try (var client = new RawClient(URI.create(url))) {
      return client.get(path, key).status();
    }
  }

  private static int post(String url, String key) throws IOException {
    try (var client = new RawClient(URI.create(url))) {
      return client.post("/proxy/execute", key, "{\"tool_name\":\"list_customers\"}").status();
    }
  }

  private List<String> events(String where, String wanted) throws SQLException {
    var events = new ArrayList<String>();
    try (var connection = Database.patient(stack.config().database()).getConnection();
        var select =
            connection.prepareStatement(
                "SELECT concat_ws(' ', outcome, reason, key_id, client_ip, entry_point, times)"
                    + " FROM audit_log WHERE kind = 'authentication' AND "
                    + where
                    + " = ? ORDER BY idx")) {
      select.setString(1, wanted);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          events.add(rows.getString(1));
        }
      }
    }
    return events;
  }

  @Test
  void everySuccessAndFailureOfAKeyIsOnRecord() throws Exception {
    try (var database = Database.open(stack.config().database())) {
      ApiKeyStore keys = ApiKeyStore.postgres(database, InstantSource.system());
      ApiKey key = key(keys, KeyRole.AGENT);
      for (int i = 0; i < 3; i++) {
        assertThat(post(stack.url(), text(key))).isEqualTo(200);
      }
      assertThat(get(stack.adminUrl(), "/admin/api/v1/keys", text(key))).isEqualTo(401);
      keys.revoke(key.id(), "test");
      var accepted = new AtomicInteger(3);
      Await.until("the revocation", PATIENCE, () -> isRefused(key, accepted));
      String by = key.id() + " 127.0.0.1 ";
      Await.until(
          "the repetitions",
          PATIENCE,
          () ->
              counted(events("customer_id", customer.value()), "accepted " + by + "proxy")
                  == accepted.get());
      assertThat(events("customer_id", customer.value()))
          .contains(
              "accepted " + by + "proxy 1",
              "rejected wrong_role " + by + "admin 1",
              "rejected revoked " + by + "proxy 1");
    }
  }

  /// @param accepted counts the calls that are not refused
  private boolean isRefused(ApiKey key, AtomicInteger accepted) throws Exception {
    if (post(stack.url(), text(key)) == 401) {
      return true;
    }
    accepted.incrementAndGet();
    return false;
  }

  private static long counted(List<String> events, String what) {
    return events.stream()
        .filter(event -> event.startsWith(what + " "))
        .mapToLong(event -> Long.parseLong(event.substring(what.length() + 1)))
        .sum();
  }

  @Test
  void whatAStrangerPresentsIsNotOnRecord() throws Exception {
    String invented = "ik_" + UUID.randomUUID().toString().substring(0, 8) + "_" + "b".repeat(32);
    assertThat(post(stack.url(), invented)).isEqualTo(401);
    assertThat(get(stack.url(), "/mcp", "stranger")).isNotEqualTo(200);
    Await.until(
        "both",
        PATIENCE,
        () ->
            counted(events("kind", "authentication"), "rejected unknown 127.0.0.1 proxy") > 0
                && counted(events("kind", "authentication"), "rejected malformed 127.0.0.1 mcp")
                    > 0);
    assertThat(events("kind", "authentication"))
        .noneMatch(
            event -> event.contains(invented.substring(3, 11)) || event.contains("stranger"));
  }
}
