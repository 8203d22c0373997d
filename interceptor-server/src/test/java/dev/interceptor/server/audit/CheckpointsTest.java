package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.LogEvidence;
import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.InterceptorException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

class CheckpointsTest {
  private static final NoteSigner SIGNER = LogOnDisk.SIGNER;
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final DataSource database = Database.patient(TestServices.freshDatabase());
  private final DSLContext sql = DSL.using(database, SQLDialect.POSTGRES);
  private final JooqLogReader log = JooqLogReader.of(database);

  private Checkpoints checkpoints() {
    return checkpoints(SIGNER);
  }

  private Checkpoints checkpoints(NoteSigner signer) {
    return new Checkpoints(database, signer, Duration.ofSeconds(10), InstantSource.fixed(NOW));
  }

  private void append(int count) {
    sql.transaction(transaction ->
        JooqAuditLog.append(
            transaction.dsl(),
            IntStream.range(0, count)
                .mapToObj(i -> LogEntry.admin("test", "Ada", "thing " + i, NOW).build())
                .toList()));
  }

  private void withoutTriggers(String statement) {
    sql.transaction(transaction -> {
      transaction.dsl().execute("SET LOCAL session_replication_role = replica");
      transaction.dsl().execute(statement);
    });
  }

  /// Makes the head fit the rows.
  private void settleHead() {
    Frontier tree = Frontier.EMPTY;
    for (Sha256 hash : log.rowHashes(0, 10_000)) {
      tree = tree.append(hash);
    }
    sql.execute(
        "UPDATE audit_head SET size = {0}, frontier = {1}",
        DSL.val(tree.size()), DSL.val(tree.toBytes()));
  }

  private Checkpoint newest() {
    LogEvidence.StoredCheckpoint stored = log.newestCheckpoint().orElseThrow().checkpoint();
    return Checkpoint.open(stored.note().getBytes(StandardCharsets.UTF_8), SIGNER.verifier())
        .orElseThrow();
  }

  private long signedSizes() {
    return sql.fetchSingle("SELECT count(*) FROM audit_checkpoints").get(0, Long.class);
  }

  @Test
  void aLogThatGrewIsSignedAndOneThatDidNotIsNot() {
    Checkpoints checkpoints = checkpoints();
    checkpoints.sign();
    assertThat(log.newestCheckpoint()).isEmpty();
    append(300);
    checkpoints.sign();
    assertThat(newest().size()).isEqualTo(300);
    assertThat(newest().root()).isEqualTo(log.head().frontier().orElseThrow().root());
    checkpoints.sign();
    append(1);
    checkpoints.sign();
    assertThat(signedSizes()).isEqualTo(2);
    assertThat(newest().size()).isEqualTo(301);
    assertThat(checkpoints.size()).isEqualTo(301);
    assertThat(checkpoints.fault()).isEmpty();
  }

  @Test
  void anotherInstanceGoesOnFromWhatThisOneSigned() {
    Checkpoints one = checkpoints();
    Checkpoints other = checkpoints();
    for (int i = 0; i < 6; i++) {
      append(100);
      (i % 2 == 0 ? one : other).sign();
    }
    append(1);
    one.sign();
    other.sign();
    checkpoints().sign();
    assertThat(one.fault()).isEmpty();
    assertThat(other.fault()).isEmpty();
    assertThat(signedSizes()).isEqualTo(7);
    assertThat(LogAudit.verify(database, List.of(SIGNER.verifier()), List.of(), _ -> {}).findings())
        .isEmpty();
  }

  @Test
  void aLogIsSignedWhenItStops() {
    Checkpoints checkpoints =
        Checkpoints.start(database, SIGNER, Duration.ofHours(1), InstantSource.fixed(NOW));
    append(5);
    checkpoints.close();
    assertThat(newest().size()).isEqualTo(5);
  }

  @Test
  void rowsThatWereChangedSinceTheLastCheckpointAreNotSigned() {
    Checkpoints checkpoints = checkpoints();
    append(10);
    checkpoints.sign();
    append(10);
    withoutTriggers("UPDATE audit_log SET leaf_hash = sha256(leaf_hash) WHERE idx = 15");
    checkpoints.sign();
    assertThat(checkpoints.fault().orElseThrow()).contains("not made of its 20 rows");
    assertThat(newest().size()).isEqualTo(10);
  }

  @Test
  void aHistoryThatWasRewrittenIsNotSigned() {
    Checkpoints running = checkpoints();
    append(10);
    running.sign();
    withoutTriggers("UPDATE audit_log SET leaf_hash = sha256(leaf_hash) WHERE idx = 3");
    settleHead();
    append(10);
    running.sign();
    assertThat(running.fault()).isPresent();
    Checkpoints restarted = checkpoints();
    restarted.sign();
    assertThat(restarted.fault().orElseThrow()).contains("checkpoint of size 10");
    assertThat(newest().size()).isEqualTo(10);
  }

  @Test
  void aLogThatBecameShorterIsNotSigned() {
    Checkpoints checkpoints = checkpoints();
    append(10);
    checkpoints.sign();
    withoutTriggers("DELETE FROM audit_log WHERE idx >= 4");
    withoutTriggers("DELETE FROM audit_checkpoints");
    settleHead();
    checkpoints.sign();
    assertThat(checkpoints.fault().orElseThrow()).contains("has 4 entries and had 10");
    assertThat(signedSizes()).isZero();
  }

  @Test
  void anEntryThatNoCheckpointCoversIsSignedOnDemandAtMostOnceASecond() {
    Checkpoints checkpoints =
        new Checkpoints(database, SIGNER, Duration.ofHours(1), InstantSource.system());
    append(3);
    long start = System.nanoTime();
    assertThat(checkpoints.covering(2).size()).isEqualTo(3);
    append(1);
    assertThat(checkpoints.covering(3).size()).isEqualTo(4);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    assertThat(checkpoints.covering(0).size()).isEqualTo(3);
    assertThatThrownBy(() -> checkpoints.covering(4)).isInstanceOf(InterceptorException.class);
  }

  @Test
  void aCheckpointOfAnotherKeyIsNotReliedOn() {
    append(10);
    var thief = new byte[32];
    thief[0] = 1;
    checkpoints(new NoteSigner(CheckpointTerms.ORIGIN, SigningKey.ofSeed(thief))).sign();
    append(1);
    Checkpoints checkpoints = checkpoints();
    checkpoints.sign();
    assertThat(checkpoints.fault()).isEmpty();
    assertThat(newest().size()).isEqualTo(11);
  }

  @Test
  void aForgedCheckpointOfAnySizeKeepsNothingFromBeingSigned() {
    append(10);
    sql.execute("INSERT INTO audit_checkpoints (size, at, note) VALUES (9000, now(), 'forged')");
    Checkpoints checkpoints = checkpoints();
    checkpoints.sign();
    append(1);
    checkpoints.sign();
    assertThat(checkpoints.size()).isEqualTo(11);
    assertThat(signedSizes()).isEqualTo(3);
  }
}
