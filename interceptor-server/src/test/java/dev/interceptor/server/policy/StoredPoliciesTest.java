package dev.interceptor.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.live.Await;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StoredPoliciesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Principal SOMEBODY =
      new Principal(new CustomerId("acme"), new ApiKeyId("abcd1234"));

  private final AtomicLong added = new AtomicLong();
  private DatabaseConfig config;
  private Database database;
  private PolicyVersions versions;
  private PolicyStore store;

  @BeforeEach
  void open() {
    config = TestServices.freshDatabase();
    database = Database.open(config);
    versions = PolicyVersions.postgres(database, InstantSource.system());
    store =
        StoredPolicies.start(
            database, InstantSource.system(), () -> System.nanoTime() + added.get());
  }

  @AfterEach
  void close() {
    store.close();
    database.close();
  }

  @Test
  void nothingIsDecidedBeforeAPolicyIsApplied() throws Exception {
    assertUnavailable();
    assertThat(store.condition().usable()).isFalse();
    apply("default", "a");
    Await.until("usable", PATIENCE, () -> store.condition().usable());
    assertThat(store.load(SOMEBODY).name()).isEqualTo("default");
  }

  @Test
  void aStoredVersionThatDoesNotLoadReplacesNothingAndIsTold() throws Exception {
    apply("default", "a");
    Await.until("loaded", PATIENCE, () -> store.condition().usable());
    var before = store.load(SOMEBODY);
    write(2, "version: 1\nname: default\nstatic_rules: {\"*\": ALLOV}\n");
    Await.until("told", PATIENCE, () -> !store.condition().held().isEmpty());
    assertThat(store.load(SOMEBODY)).isSameAs(before);
    assertThat(store.condition().held())
        .singleElement()
        .asString()
        .startsWith("default version 2:3:");
    assertThat(store.condition().usable()).isTrue();

    write(3, PolicyVersionsTest.text("other", "a"));
    Await.until(
        "told about the name",
        PATIENCE,
        () -> store.condition().held().toString().contains("no policy of that name"));
    assertThat(store.load(SOMEBODY)).isSameAs(before);

    apply("default", "b");
    Await.until("mended", PATIENCE, () -> store.condition().held().isEmpty());
    assertThat(store.load(SOMEBODY)).isNotSameAs(before);
  }

  /// A good version that was replaced by a bad one before this instance looked is the last good one
  /// all the same, as it is on an instance that was quicker.
  @Test
  void aGoodVersionThatWasSkippedIsTakenWhenTheNextOneIsBad() throws Exception {
    apply("default", "a");
    Await.until("loaded", PATIENCE, () -> store.condition().usable());
    sql(
        insert(2, PolicyVersionsTest.text("default", "b"))
            + insert(3, "version: 1\nname: default\n")
            + "UPDATE policies SET version = 3");
    Await.until("told", PATIENCE, () -> !store.condition().held().isEmpty());
    assertThat(store.load(SOMEBODY).digest())
        .isEqualTo(PolicyVersionsTest.policy("default", "b").policies().getFirst().digest());
  }

  @Test
  void aVersionThatDoesNotLoadAndHasNoneBeforeItDecidesNothing() throws Exception {
    write(1, "version: 1\nname: default\n");
    Await.until("told", PATIENCE, () -> !store.condition().held().isEmpty());
    assertUnavailable();
    assertThat(store.condition().usable()).isFalse();
  }

  @Test
  void aCustomerIsDecidedByThePolicyItNamesAndByNoOther() throws Exception {
    ApiKeyStore.postgres(database, InstantSource.system())
        .createCustomer(SOMEBODY.customer(), "A", "Ada");
    apply("default", "a");
    apply("special", "b");
    sql("UPDATE customers SET policy_name = 'special'");
    Await.until("named", PATIENCE, () -> nameOfPolicy().equals("special"));
    sql("UPDATE customers SET policy_name = 'gone'");
    Await.until("gone", PATIENCE, () -> nameOfPolicy().isEmpty());
    sql("UPDATE customers SET policy_name = NULL");
    Await.until("default", PATIENCE, () -> nameOfPolicy().equals("default"));
    sql("UPDATE customers SET policy_name = 'special'");
    Await.until("named again", PATIENCE, () -> nameOfPolicy().equals("special"));
    sql("DELETE FROM customers");
    Await.until("unknown", PATIENCE, () -> nameOfPolicy().equals("default"));
  }

  /// INVARIANT: what is known stays in force, but an instance that may miss changes is not ready.
  @Test
  void aSilentDatabaseLeavesTheLastPolicyInForceAndTheStoreNotReady() throws Exception {
    apply("default", "a");
    Await.until("usable", PATIENCE, () -> store.condition().usable());
    try (var _ = TestServices.freezePostgres()) {
      added.addAndGet(PolicyStore.SILENCE_BOUND.plusMillis(500).toNanos());
      assertThat(store.condition().usable()).isFalse();
      assertThat(store.load(SOMEBODY).name()).isEqualTo("default");
    }
    Await.until("usable again", PATIENCE, () -> store.condition().usable());
  }

  private String nameOfPolicy() {
    try {
      return store.load(SOMEBODY).name();
    } catch (InterceptorException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.POLICY_UNAVAILABLE);
      return "";
    }
  }

  private void assertUnavailable() {
    assertThat(catchThrowableOfType(InterceptorException.class, () -> store.load(SOMEBODY)).code())
        .isEqualTo(ErrorCode.POLICY_UNAVAILABLE);
  }

  private void apply(String name, String tool) {
    var _ = versions.apply(PolicyVersionsTest.policy(name, tool), new PolicyChange("tester", ""));
  }

  /// A version that was written around the checks.
  private void write(int version, String text) throws SQLException {
    sql(insert(version, text));
    sql(
        "INSERT INTO policies VALUES ('default', %1$d) ON CONFLICT (name) DO UPDATE SET version = %1$d"
            .formatted(version));
  }

  private static String insert(int version, String text) {
    return "INSERT INTO policy_versions VALUES ('default', %d, '%s', '%s', '{}', now(), 'x', '');"
        .formatted(version, "0".repeat(64), text);
  }

  private void sql(String text) throws SQLException {
    try (var connection = Database.patient(config).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
