package dev.interceptor.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.files.TwoLooks;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.live.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchedPoliciesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Principal SOMEBODY =
      new Principal(new CustomerId("acme"), new ApiKeyId("abcd1234"));

  @TempDir Path folder;

  private DatabaseConfig config;
  private Database database;

  @BeforeEach
  void open() {
    config = TestServices.freshDatabase();
    database = Database.open(config);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private PolicyStore watch(Path path) {
    return PolicyStore.watching(path, database, InstantSource.system());
  }

  private Path write(String file, String policy, String tool) throws IOException {
    return Files.writeString(folder.resolve(file), PolicyVersionsTest.text(policy, tool));
  }

  private static boolean permits(PolicyStore store, String tool) {
    try {
      return permits(store.load(SOMEBODY), tool);
    } catch (InterceptorException e) {
      return false;
    }
  }

  private static boolean permits(PolicySet policy, String tool) {
    return policy.mayEverPermit(new ToolRef(new UpstreamName("u"), new ToolName(tool)));
  }

  private static void untilPermits(PolicyStore store, String tool) throws Exception {
    var _ = Await.until("permits " + tool, PATIENCE, () -> permits(store, tool));
  }

  private static void untilHeld(PolicyStore store, String words) throws Exception {
    var _ = Await.until(words, PATIENCE, () -> store.condition().held().toString().contains(words));
  }

  @Test
  void aFileThatIsWrittenOverIsTakenOverAlsoWithTheSameLengthAndTime() throws Exception {
    Path file = write("policy.yaml", "any-name", "a");
    FileTime time = Files.getLastModifiedTime(file);
    try (PolicyStore store = watch(file)) {
      untilPermits(store, "a");
      write("policy.yaml", "any-name", "b");
      Files.setLastModifiedTime(file, time);
      untilPermits(store, "b");
      assertThat(permits(store, "a")).isFalse();
      assertThat(store.condition().usable()).isTrue();
    }
  }

  @Test
  void aFileThatIsRenamedIntoPlaceAndALinkThatIsSwappedAreTakenOver() throws Exception {
    Path one = write("one", "p", "a");
    Path two = write("two", "p", "b");
    Path link = Files.createSymbolicLink(folder.resolve("policy.yaml"), one);
    try (PolicyStore store = watch(link)) {
      untilPermits(store, "a");
      Path fresh = Files.createSymbolicLink(folder.resolve("fresh"), two);
      Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
      untilPermits(store, "b");
      Path edited = write("edited", "p", "c");
      Files.move(edited, link, StandardCopyOption.ATOMIC_MOVE);
      untilPermits(store, "c");
    }
  }

  @Test
  void whatDoesNotLoadReplacesNothingAndIsToldWithItsPlace() throws Exception {
    Path file = write("policy.yaml", "p", "a");
    try (PolicyStore store = watch(file)) {
      untilPermits(store, "a");
      Files.writeString(file, "version: 1\nname: p\nstatic_rules: {\"*\": ALLOV}\n");
      untilHeld(store, "policy.yaml:3:");
      assertThat(permits(store, "a")).isTrue();
      assertThat(permits(store, "x")).isFalse();
      assertThat(store.condition().usable()).isTrue();
      Files.writeString(file, "version: 1\nname: p\nstatic_ru");
      untilHeld(store, "policy.yaml:3:10: not YAML");
      Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
      untilHeld(store, "not UTF-8");
      Files.delete(file);
      untilHeld(store, "no such file");
      assertThat(permits(store, "a")).isTrue();
      write("policy.yaml", "p", "b");
      untilPermits(store, "b");
      assertThat(store.condition().held()).isEmpty();
    }
  }

  /// What two looks in a row did not find alike is still being written.
  @Test
  void aFileThatGrowsWhileItIsReadIsNotTakenHalf() throws Exception {
    Path file = write("policy.yaml", "p", "a");
    var files = new PolicyFiles(file);
    var looks = new TwoLooks<>(files.look());
    assertThat(looks.settled(files.look())).isEmpty();
    for (int lines = 1; lines < 20; lines++) {
      Files.writeString(file, PolicyVersionsTest.text("p", "b") + "# more\n".repeat(lines));
      assertThat(looks.settled(files.look())).isEmpty();
    }
    PolicyFiles.Look last = files.look();
    assertThat(looks.settled(last)).contains(last);
    assertThat(looks.settled(files.look())).as("taken once").isEmpty();
  }

  @Test
  void aFolderHoldsSeveralPoliciesToldApartByName() throws Exception {
    ApiKeyStore.postgres(database, InstantSource.system())
        .createCustomer(SOMEBODY.customer(), "A", "Ada");
    write("default.yaml", "default", "a");
    write("special.yml", "special", "b");
    write(".hidden.yaml", "hidden", "h");
    write("notes.txt", "notes", "n");
    try (PolicyStore store = watch(folder)) {
      untilPermits(store, "a");
      sql("UPDATE customers SET policy_name = 'special'");
      untilPermits(store, "b");

      write("special.yml", "default", "z");
      untilHeld(store, "`default` is in default.yaml already");
      assertThat(permits(store, "b")).isTrue();

      Files.delete(folder.resolve("special.yml"));
      Await.until("gone", PATIENCE, () -> !permits(store, "b"));
      assertThat(permits(store, "a"))
          .as("another policy decides for nobody who names one")
          .isFalse();
      Files.delete(folder.resolve("default.yaml"));
      untilHeld(store, "holds no policy file");
    }
  }

  @Test
  void aServerDoesNotStartOnFilesThatCannotBeUsed() throws Exception {
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "version: 1\n");
    assertThatThrownBy(() -> watch(bad))
        .isInstanceOf(InvalidPolicyException.class)
        .hasMessageContaining("bad.yaml:1:1: the policy needs `name`");
    assertThatThrownBy(() -> watch(folder.resolve("none.yaml")))
        .isInstanceOf(InvalidPolicyException.class)
        .hasMessageContaining("none.yaml: there is no such file");
  }

  private void sql(String text) throws SQLException {
    try (var connection = Database.patient(config).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
