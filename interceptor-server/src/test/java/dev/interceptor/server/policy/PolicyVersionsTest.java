package dev.interceptor.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.policy.PolicyVersions.Applied;
import dev.interceptor.server.policy.PolicyVersions.Effect;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyVersionsTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_000));
  private static final CustomerId ACME = new CustomerId("acme");

  private DatabaseConfig config;
  private Database database;
  private PolicyVersions versions;

  @BeforeEach
  void open() {
    config = TestServices.freshDatabase();
    database = Database.open(config);
    versions = PolicyVersions.postgres(database, CLOCK);
  }

  @AfterEach
  void close() {
    database.close();
  }

  static String text(String name, String tool) {
    return "version: 1\nname: " + name + "\nstatic_rules: {" + tool + ": ALLOW}\n";
  }

  static PolicyText policy(String name, String tool) {
    return read(text(name, tool));
  }

  static PolicyText read(String text) {
    return switch (PolicyText.read(text, "test")) {
      case PolicyText.Reading.Good good -> good.text();
      case PolicyText.Reading.Bad bad -> throw new AssertionError(bad.problems().toString());
    };
  }

  private Applied.Done apply(PolicyText text) {
    return (Applied.Done) versions.apply(text, new PolicyChange("tester", "why"));
  }

  @Test
  void everyChangeIsAVersionOfItsOwnWithItsTextAndItsAuthor() {
    apply(policy("default", "a"));
    apply(policy("default", "b"));
    assertThat(versions.heads())
        .containsExactly(
            new PolicyVersion(
                "default",
                2,
                policy("default", "b").policies().getFirst().digest(),
                CLOCK.instant(),
                "tester",
                "why"));
    assertThat(versions.history("default"))
        .extracting(PolicyVersion::version)
        .containsExactly(2, 1);
    assertThat(versions.source("default", 1)).contains(text("default", "a"));
    assertThat(versions.source("default", 3)).isEmpty();
    assertThat(versions.history("other")).isEmpty();
  }

  @Test
  void whatIsInForceAlreadyMakesNoVersion() {
    apply(policy("default", "a"));
    Applied.Done again = apply(read("# the same\n" + text("default", "a")));
    assertThat(again.entries())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.effect()).isEqualTo(Effect.UNCHANGED);
          assertThat(entry.version().version()).isEqualTo(1);
        });
    assertThat(versions.history("default")).hasSize(1);
  }

  @Test
  void anotherVersionThanTheExpectedOneChangesNothing() {
    var first = new PolicyChange("tester", "", OptionalInt.of(0), List.of());
    assertThat(versions.apply(policy("default", "a"), first)).isInstanceOf(Applied.Done.class);
    assertThat(versions.apply(policy("default", "b"), first))
        .isEqualTo(new Applied.OtherVersion("default", 1));
    assertThat(versions.history("default")).hasSize(1);
  }

  @Test
  void aPolicyIsGivenToCustomersThatExistOrNothingChanges() {
    var change = new PolicyChange("tester", "", OptionalInt.empty(), List.of(ACME));
    assertThat(versions.apply(policy("special", "a"), change))
        .isEqualTo(new Applied.UnknownCustomers(List.of(ACME)));
    assertThat(versions.heads()).isEmpty();
    ApiKeyStore.postgres(database, CLOCK).createCustomer(ACME, "Acme", "Ada");
    assertThat(versions.apply(policy("special", "a"), change)).isInstanceOf(Applied.Done.class);
    assertThat(versions.inForce().named()).containsExactly(Map.entry(ACME, "special"));
  }

  @Test
  void goingBackAddsAVersionWithTheOldText() {
    apply(policy("default", "a"));
    apply(policy("default", "b"));
    PolicyRollback back =
        PolicyRollback.to(versions, "default", 1, new PolicyChange("tester", "back"));
    assertThat(back).isInstanceOf(PolicyRollback.Done.class);
    assertThat(versions.heads()).extracting(PolicyVersion::version).containsExactly(3);
    assertThat(versions.source("default", 3)).isEqualTo(versions.source("default", 1));
    assertThat(PolicyRollback.to(versions, "default", 9, new PolicyChange("tester", "")))
        .isInstanceOf(PolicyRollback.NoSuchVersion.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE policy_versions SET source = 'x'",
        "DELETE FROM policy_versions",
        "TRUNCATE policy_versions CASCADE",
        "UPDATE policies SET version = 7",
        "INSERT INTO policies VALUES ('none', 1)",
        "INSERT INTO policy_versions SELECT name, 0, digest, source, document, applied_at,"
            + " applied_by, note FROM policy_versions",
        "INSERT INTO policy_versions SELECT name, 9, 'short', source, document, applied_at,"
            + " applied_by, note FROM policy_versions"
      })
  void theDatabaseItselfRefusesToRewriteVersionsOrToNameOneThatIsNotThere(String statement) {
    apply(policy("default", "a"));
    assertThatThrownBy(() -> sql(statement)).isInstanceOf(SQLException.class);
    assertThat(versions.source("default", 1)).contains(text("default", "a"));
  }

  @Test
  void aTextWithWhatPostgresCannotStoreAsDataIsStoredAllTheSame() throws SQLException {
    String odd =
        text("default", "a")
            + "taint_rules:\n"
            + "  - {id: odd, tool: a, action: BLOCK, error: \"nul \\0, back\\\\u0000slash\"}\n";
    apply(read(odd));
    assertThat(versions.source("default", 1)).contains(odd);
  }

  @Test
  void theTextIsKeptAsDataToo() throws SQLException {
    apply(policy("default", "a"));
    try (var connection = Database.patient(config).getConnection();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT document -> 'static_rules' ->> 'a' FROM policy_versions")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("ALLOW");
    }
  }

  private void sql(String text) throws SQLException {
    try (var connection = Database.patient(config).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
