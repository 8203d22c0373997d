package dev.interceptor.server.identity;

import static dev.interceptor.server.identity.KeyFixture.AGENT;
import static dev.interceptor.server.identity.KeyFixture.await;
import static dev.interceptor.server.identity.KeyFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.identity.Authentication.Authenticated;
import dev.interceptor.server.identity.Authentication.Cause;
import dev.interceptor.server.identity.Authentication.Rejected;
import dev.interceptor.server.live.RunningTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two instances of the server's authentication on one real PostgreSQL.
final class AuthenticatorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Database here;
  private Database there;
  private DatabaseConfig config;
  private ApiKeyStore store;
  private Authenticator authenticator;
  private Authenticator elsewhere;

  @BeforeEach
  void start() {
    start(TestServices.freshDatabase());
  }

  private void start(DatabaseConfig chosen) {
    config = chosen;
    here = Database.open(config);
    there = Database.open(config);
    store = ApiKeyStore.postgres(here, InstantSource.system());
    authenticator = Authenticator.start(store, here, InstantSource.system());
    elsewhere =
        Authenticator.start(
            ApiKeyStore.postgres(there, InstantSource.system()), there, InstantSource.system());
  }

  @AfterEach
  void stop() {
    authenticator.close();
    elsewhere.close();
    here.close();
    there.close();
  }

  @Test
  void aLiveKeyStandsForItsCustomer() {
    ApiKey key = authenticator.keys().create(AGENT, "Ada");
    assertThat(authenticator.authenticate(text(key)))
        .isEqualTo(new Authenticated(new Principal(AGENT.customer(), key.id()), KeyRole.AGENT));
  }

  @Test
  void everyOtherCredentialIsRejected() {
    ApiKey key = store.create(AGENT, "Ada");
    ApiKey expired =
        ApiKeyStore.postgres(here, InstantSource.fixed(Instant.EPOCH))
            .create(KeyFixture.key(Optional.of(Duration.ofDays(1))), "Ada");
    String wrongSecret = text(key).substring(0, 12) + "a".repeat(32);
    assertThat(authenticator.authenticate(""))
        .isEqualTo(new Rejected(Cause.MALFORMED, Optional.empty()));
    assertThat(authenticator.authenticate(text(key) + " "))
        .isEqualTo(new Rejected(Cause.MALFORMED, Optional.empty()));
    assertThat(authenticator.authenticate(wrongSecret))
        .isEqualTo(new Rejected(Cause.UNKNOWN, Optional.empty()));
    assertThat(authenticator.authenticate(text(expired)))
        .isEqualTo(
            new Rejected(
                Cause.EXPIRED, Optional.of(new Principal(AGENT.customer(), expired.id()))));
  }

  @Test
  void aRevocationReachesAnotherInstanceWithinASecond() {
    await("listening", PATIENCE, this::bothListen);
    for (int i = 0; i < 20; i++) {
      ApiKey key = store.create(AGENT, "Ada");
      accepted(elsewhere, key);
      authenticator.keys().revoke(key.id(), "Ada");
      await("revoked there", Duration.ofSeconds(1), () -> !accepts(elsewhere, key));
    }
  }

  @Test
  void aRevokedKeyIsRefusedFromTheAcknowledgementOn() throws Exception {
    await("listening", PATIENCE, this::bothListen);
    var keys = IntStream.range(0, 1_000).mapToObj(i -> store.create(AGENT, "Ada")).toList();
    var acknowledged = ConcurrentHashMap.<ApiKey>newKeySet();
    var acceptedAfter = new AtomicInteger();
    var done = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        AutoCloseable _ = () -> done.set(true)) {
      for (int i = 0; i < 6; i++) {
        int offset = i * 160;
        var _ =
            threads.submit(() -> {
              for (int n = offset; !done.get(); n++) {
                ApiKey key = keys.get(n % keys.size());
                boolean wasAcknowledged = acknowledged.contains(key);
                if (accepts(authenticator, key) && wasAcknowledged) {
                  acceptedAfter.incrementAndGet();
                }
              }
            });
      }
      for (ApiKey key : keys) {
        authenticator.keys().revoke(key.id(), "Ada");
        acknowledged.add(key);
        if (accepts(authenticator, key)) {
          acceptedAfter.incrementAndGet();
        }
      }
      done.set(true);
    }
    assertThat(acceptedAfter).hasValue(0);
  }

  @Test
  void withoutItsListenerNoInstanceServesFromMemory() throws SQLException {
    await("listening", PATIENCE, this::bothListen);
    ApiKey key = store.create(AGENT, "Ada");
    accepted(elsewhere, key);
    endListeners();
    authenticator.keys().revoke(key.id(), "Ada");
    await("revoked there", Duration.ofSeconds(1), () -> !accepts(elsewhere, key));
    await("listening again", PATIENCE, this::bothListen);
    assertThat(accepts(elsewhere, key)).isFalse();
  }

  @Test
  void aFrozenPostgresEndsInAnErrorWithinTwoSeconds() throws Exception {
    ApiKey key = store.create(AGENT, "Ada");
    stop();
    start(config.withTimeout(DatabaseConfig.TIMEOUT));
    await("accepted", PATIENCE, () -> recovered(key));
    try (var _ = TestServices.freezePostgres()) {
      await("not served from memory", PATIENCE, () -> !elsewhere.servesFromMemory());
      long start = RunningTime.nanoTime();
      assertThatThrownBy(() -> elsewhere.authenticate(text(key)))
          .isInstanceOfSatisfying(
              InterceptorException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
      assertThat(RunningTime.since(start)).isLessThan(Duration.ofSeconds(2));
    }
    await("usable again", Duration.ofSeconds(10), () -> recovered(key));
  }

  @Test
  void theTimeOfLastUseIsWrittenInTheBackground() {
    ApiKey key = store.create(AGENT, "Ada");
    accepted(authenticator, key);
    authenticator.close();
    assertThat(store.find(key.hash()).orElseThrow().lastUsedAt()).isPresent();
  }

  @Test
  void aNotificationThatNamesNoKeyDoesNotEndTheListener() throws SQLException {
    await("listening", PATIENCE, this::bothListen);
    run("SELECT pg_notify('interceptor_keys', 'not a key')");
    ApiKey key = store.create(AGENT, "Ada");
    await("listening still", PATIENCE, this::bothListen);
    accepted(elsewhere, key);
    authenticator.keys().revoke(key.id(), "Ada");
    await("revoked there", Duration.ofSeconds(1), () -> !accepts(elsewhere, key));
  }

  private boolean bothListen() {
    return authenticator.servesFromMemory() && elsewhere.servesFromMemory();
  }

  private boolean recovered(ApiKey key) {
    try {
      return accepts(elsewhere, key) && bothListen();
    } catch (InterceptorException e) {
      return false;
    }
  }

  private void endListeners() throws SQLException {
    run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND pid <> pg_backend_pid() AND query IN ('SELECT 1', 'LISTEN interceptor_keys')");
  }

  private void run(String sql) throws SQLException {
    try (var connection = here.pool().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void accepted(Authenticator authenticator, ApiKey key) {
    assertThat(accepts(authenticator, key)).isTrue();
  }

  private static boolean accepts(Authenticator authenticator, ApiKey key) {
    return authenticator.authenticate(text(key)) instanceof Authenticated;
  }
}
