package dev.interceptor.server.identity;

import static dev.interceptor.server.identity.KeyFixture.AGENT;
import static dev.interceptor.server.identity.KeyFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RunningTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JooqApiKeyStoreTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final ApiKeyId NOBODY = new ApiKeyId("00000000");

  private final DatabaseConfig config = TestServices.freshDatabase();
  private Database database;
  private ApiKeyStore keys;

  @BeforeAll
  void open() {
    database = Database.open(config);
    keys = ApiKeyStore.postgres(database, InstantSource.fixed(NOW));
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void aCreatedKeyIsFoundByItsHash() {
    ApiKey key = keys.create(KeyFixture.key(Optional.of(Duration.ofDays(1))), "Ada");
    StoredKey stored = keys.find(key.hash()).orElseThrow();
    assertThat(stored)
        .isEqualTo(
            new StoredKey(
                key.id(),
                new CustomerId("acme"),
                key.hash(),
                KeyRole.AGENT,
                "ci",
                NOW,
                Optional.of(NOW.plus(Duration.ofDays(1))),
                Optional.empty(),
                Optional.empty()));
    assertThat(keys.list()).contains(stored);
  }

  @Test
  void theDatabaseHoldsNoKeyOnlyItsHash() throws SQLException {
    ApiKey key = keys.create(AGENT, "Ada");
    try (var connection = database.pool().getConnection();
        var statement =
            connection.prepareStatement(
                "SELECT api_keys::text FROM api_keys WHERE id = '" + key.id() + "'");
        var row = statement.executeQuery()) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1))
          .contains(key.hash().hex())
          .doesNotContain(text(key).substring(12));
    }
  }

  @Test
  void aKeyIsRevokedOnce() {
    ApiKey key = keys.create(AGENT, "Ada");
    assertThat(keys.revoke(key.id(), "Ada")).isEqualTo(ApiKeyStore.Revocation.REVOKED);
    assertThat(keys.revoke(key.id(), "Ada")).isEqualTo(ApiKeyStore.Revocation.ALREADY_REVOKED);
    assertThat(keys.revoke(NOBODY, "Ada")).isEqualTo(ApiKeyStore.Revocation.UNKNOWN_KEY);
    assertThat(keys.find(key.hash()).orElseThrow().revokedAt()).contains(NOW);
  }

  @Test
  void aRotatedKeyAndItsSuccessorOverlap() {
    ApiKey old = keys.create(AGENT, "Ada");
    ApiKey next = keys.rotate(old.id(), Duration.ofHours(2), "Ada").orElseThrow();
    assertThat(keys.find(old.hash()).orElseThrow().expiresAt())
        .contains(NOW.plus(Duration.ofHours(2)));
    assertThat(keys.find(next.hash()).orElseThrow().expiresAt()).isEmpty();
  }

  @Test
  void rotationNeverLengthensTheOldKeysLife() {
    ApiKey old = keys.create(KeyFixture.key(Optional.of(Duration.ofMinutes(1))), "Ada");
    assertThat(keys.rotate(old.id(), Duration.ofHours(2), "Ada")).isPresent();
    assertThat(keys.find(old.hash()).orElseThrow().expiresAt())
        .contains(NOW.plus(Duration.ofMinutes(1)));
  }

  @Test
  void aRevokedOrUnknownKeyHasNoSuccessor() {
    ApiKey key = keys.create(AGENT, "Ada");
    keys.revoke(key.id(), "Ada");
    assertThat(keys.rotate(key.id(), Duration.ZERO, "Ada")).isEmpty();
    assertThat(keys.rotate(NOBODY, Duration.ZERO, "Ada")).isEmpty();
  }

  @Test
  void theTimeOfLastUseOnlyMovesForward() {
    ApiKey key = keys.create(AGENT, "Ada");
    keys.touch(Map.of(key.id(), NOW.plusSeconds(9), NOBODY, NOW));
    keys.touch(Map.of(key.id(), NOW.plusSeconds(3)));
    assertThat(keys.find(key.hash()).orElseThrow().lastUsedAt()).contains(NOW.plusSeconds(9));
  }

  @Test
  void anIdThatIsTakenIsReplacedByAnother() {
    var first = new JooqApiKeyStore(database.pool(), InstantSource.fixed(NOW), new Random(7));
    var second = new JooqApiKeyStore(database.pool(), InstantSource.fixed(NOW), new Random(7));
    assertThat(second.create(AGENT, "Ada").id()).isNotEqualTo(first.create(AGENT, "Ada").id());
  }

  private static boolean finds(ApiKeyStore store, ApiKey key) {
    try {
      return store.find(key.hash()).isPresent();
    } catch (InterceptorException e) {
      return false;
    }
  }

  @Test
  void aFrozenPostgresIsAnErrorWithinTwoSeconds() throws Exception {
    ApiKey key = keys.create(AGENT, "Ada");
    try (var impatient = Database.open(config.withTimeout(DatabaseConfig.TIMEOUT))) {
      ApiKeyStore store = ApiKeyStore.postgres(impatient, InstantSource.fixed(NOW));
      Await.until("connected", Duration.ofSeconds(20), () -> finds(store, key));
      try (var _ = TestServices.freezePostgres()) {
        long start = RunningTime.nanoTime();
        assertThatThrownBy(() -> store.find(key.hash()))
            .isInstanceOfSatisfying(
                InterceptorException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
        assertThat(RunningTime.since(start)).isLessThan(Duration.ofSeconds(2));
      }
    }
  }
}
