package dev.interceptor.server.policyswap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.policy.PolicyVersion;
import dev.interceptor.server.policy.PolicyVersions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that applies policies, killed with SIGKILL at a random moment, again and again. A
/// trigger makes every change of a head slow, so that most kills hit a transaction.
///
/// The build kills 8 times each way. The long run: `mvn -pl interceptor-server -am test
/// -Dtest=KilledApplyTest -Dsurefire.failIfNoSpecifiedTests=false -Dkill.count=200`
final class KilledApplyTest {
  private static final int KILLS = Integer.getInteger("kill.count", 8);
  private static final long LONGEST_LIFE_MILLIS = 800;
  private static final long SEED = 20_261_121;

  @TempDir Path folder;

  private DatabaseConfig database;

  @BeforeEach
  void prepare() throws Exception {
    database = TestServices.freshDatabase();
    try (var connection = Database.patient(database).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS"
              + " $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$");
      statement.execute(
          "CREATE TRIGGER slowly BEFORE INSERT OR UPDATE ON policies"
              + " FOR EACH ROW EXECUTE FUNCTION slowly()");
    }
  }

  /// @param mixtures kills that left something else than one generation, whole
  /// @param advanced kills after which the generation under way was in force
  private record Run(String way, int kills, int mixtures, int advanced) {}

  @Test
  void aKilledCommandLeavesTheOldOrTheNewOne() throws Exception {
    try (var opened = Database.open(database)) {
      ApiKeyStore.postgres(opened, InstantSource.system())
          .createCustomer(new CustomerId(ApplyLoop.CUSTOMER), "Acme", "Ada");
    }
    Run run = run(ApplyLoop.COMMAND, List.of(ApplyLoop.POLICIES.getFirst()));
    System.out.println(run);
    assertThat(run.mixtures()).isZero();
    assertThat(run.kills() - run.advanced()).as("kills that hit an apply").isPositive();
    assertThat(versions().inForce().named())
        .containsEntry(new CustomerId(ApplyLoop.CUSTOMER), ApplyLoop.POLICIES.getFirst());
  }

  @Test
  void severalPoliciesOfOneTextAreAppliedTogetherOrNotAtAll() throws Exception {
    Run run = run(ApplyLoop.TOGETHER, ApplyLoop.POLICIES);
    System.out.println(run);
    assertThat(run.mixtures()).isZero();
    assertThat(run.kills() - run.advanced()).as("kills that hit an apply").isPositive();
  }

  @Test
  void applyingOneByOneIsCaught() throws Exception {
    Run run = run(ApplyLoop.ONE_BY_ONE, ApplyLoop.POLICIES);
    System.out.println(run);
    assertThat(run.mixtures()).isPositive();
  }

  private Run run(String way, List<String> policies) throws Exception {
    var random = new Random(SEED);
    int mixtures = 0;
    int advanced = 0;
    int inForce = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      int underWay = applyUntilKilled(way, inForce + 1, random.nextLong(LONGEST_LIFE_MILLIS));
      Set<Integer> found = generations(policies, underWay);
      inForce = found.stream().max(Integer::compare).orElse(0);
      boolean old = found.equals(Set.of(underWay - 1));
      boolean fresh = found.equals(Set.of(underWay));
      if (!(old || fresh) || !everyVersionHasBeenInForce(policies)) {
        mixtures++;
      } else if (fresh) {
        advanced++;
      }
    }
    return new Run(way, KILLS, mixtures, advanced);
  }

  /// @param millis after the first apply of the process, from which all are in force
  /// @return the generation that was under way
  private int applyUntilKilled(String way, int first, long millis) throws Exception {
    Process process = start(way, first);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      int underWay = first;
      String line = out.readLine();
      while (line != null && !line.equals("applying " + (first + 1))) {
        line = out.readLine();
      }
      assertThat(line).as("the process applies").isNotNull();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
      // Through the handle, which leaves what was printed readable.
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      process.waitFor();
      awaitNoSession();
      for (; line != null; line = out.readLine()) {
        if (line.startsWith("applying ")) {
          underWay = Integer.parseInt(line.substring("applying ".length()));
        }
      }
      return underWay;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /// What the killed one had begun may still be committed.
  private void awaitNoSession() throws Exception {
    try (var connection = Database.patient(database).getConnection();
        var statement = connection.createStatement()) {
      Await.until(
          "its sessions are over",
          Duration.ofSeconds(20),
          () -> {
            try (var rows =
                statement.executeQuery(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()")) {
              return !rows.next();
            }
          });
    }
  }

  private Process start(String way, int first) throws IOException {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                ApplyLoop.class.getName(),
                way,
                folder.toString(),
                Integer.toString(first))
            .redirectError(folder.resolve("err.txt").toFile())
            .directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("INTERCEPTOR_"));
    builder.environment().putAll(TestServices.environment(database));
    return builder.start();
  }

  /// The generations in force, told by the digests; 0 stands for a policy that is missing.
  private Set<Integer> generations(List<String> policies, int last) {
    List<PolicyVersion> heads = versions().heads();
    Set<Integer> found = new HashSet<>();
    for (String name : policies) {
      Optional<PolicyVersion> head =
          heads.stream().filter(one -> one.name().equals(name)).findFirst();
      found.add(
          IntStream.rangeClosed(Math.max(1, last - 2), last)
              .filter(generation ->
                  head.isPresent()
                      && Generations.compiled(name, generation)
                          .digest()
                          .equals(head.get().digest()))
              .findFirst()
              .orElse(0));
    }
    return found;
  }

  /// No version was written without being put in force.
  private boolean everyVersionHasBeenInForce(List<String> policies) {
    PolicyVersions versions = versions();
    return policies.stream()
        .allMatch(name ->
            versions.heads().stream()
                .anyMatch(head ->
                    head.name().equals(name)
                        && head.version() == versions.history(name).getFirst().version()));
  }

  private PolicyVersions versions() {
    return PolicyVersions.postgres(Database.patient(database), InstantSource.system());
  }
}
