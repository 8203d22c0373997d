package dev.interceptor.server.enforcement;

import static dev.interceptor.server.enforcement.ApprovalFixture.DATABASE;
import static dev.interceptor.server.enforcement.ApprovalFixture.approved;
import static dev.interceptor.server.enforcement.ApprovalFixture.parts;
import static dev.interceptor.server.enforcement.Enforced.freshSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.approval.ApprovalBinding;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.Ruling;
import dev.interceptor.server.database.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// INVARIANT (AnApprovalIsUsedOnce): of many callers at two enforcement points that repeat an
/// approved call at the same moment, one passes.
final class RacingCallsOnOneApprovalTest {
  private static final int ROUNDS = Integer.getInteger("race.rounds", 200);
  private static final int CALLERS = 20;
  private static final String SEVEN = "{\"amount\":7}";

  @TempDir private static Path folder;

  @Test
  void ofTwentyCallersAtTwoPointsOnePassesInEachRound() throws Exception {
    try (var one = new Enforced(parts(folder), DATABASE);
        var other = new Enforced(parts(folder), DATABASE)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Outcome> outcomes = race(one, other);
        assertThat(outcomes).as("round %d", round).filteredOn(this::passed).hasSize(1);
        assertThat(outcomes)
            .filteredOn(outcome -> !passed(outcome))
            .hasOnlyElementsOfType(Outcome.AwaitingApproval.class);
        denyWhatWaits(one);
      }
      assertThat(one.tools().received().size() + other.tools().received().size()).isEqualTo(ROUNDS);
      assertThat(one.tools().received()).isNotEmpty();
      assertThat(other.tools().received()).isNotEmpty();
    }
  }

  @Test
  void aClaimThatReadsFirstAndWritesThenIsCaught() throws Exception {
    var unsafe = parts(folder).withApprovals(ReadThenWrite::new);
    try (var one = new Enforced(unsafe, DATABASE);
        var other = new Enforced(unsafe, DATABASE)) {
      int round = 0;
      long most = 0;
      while (most < 2 && round++ < ROUNDS) {
        most = race(one, other).stream().filter(this::passed).count();
        denyWhatWaits(one);
      }
      assertThat(most).as("callers that passed in round %d", round).isGreaterThan(1);
    }
  }

  /// Those who lost have asked for another approval; only so many may wait.
  private static void denyWhatWaits(Enforced point) {
    point
        .approvals()
        .list(ApprovalStore.Scope.OPEN)
        .forEach(open ->
            point.approvals().rule(open.id(), new Ruling.Deny("key admin001", "not again")));
  }

  private boolean passed(Outcome outcome) {
    return outcome instanceof Outcome.Answered;
  }

  private static List<Outcome> race(Enforced one, Enforced other) throws Exception {
    String session = freshSession();
    approved(one, session, "wire", SEVEN);
    var start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<Outcome>>();
      for (int caller = 0; caller < CALLERS; caller++) {
        Enforced point = caller % 2 == 0 ? one : other;
        Callable<Outcome> call =
            () -> {
              start.await();
              return point.execute(session, "wire", SEVEN);
            };
        calls.add(threads.submit(call));
      }
      start.countDown();
      var outcomes = new ArrayList<Outcome>();
      for (Future<Outcome> call : calls) {
        outcomes.add(call.get());
      }
      return outcomes;
    }
  }

  /// The control: looks for an approval, and marks what it found in another statement.
  private static final class ReadThenWrite extends OpenedApprovalStore {
    ReadThenWrite(ApprovalStore store) {
      super(store);
    }

    @Override
    public Optional<ApprovalId> claim(ApprovalBinding binding, String decisionId, Instant at) {
      try (Connection connection = Database.patient(DATABASE).getConnection()) {
        Optional<ApprovalId> found = read(connection, binding);
        if (found.isPresent()) {
          write(connection, found.get(), decisionId);
        }
        return found;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private static Optional<ApprovalId> read(Connection connection, ApprovalBinding binding)
        throws SQLException {
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT id FROM approvals WHERE state = 'approved' AND args_digest = ?"
                  + " AND session_id = ?")) {
        select.setString(1, binding.arguments().hex());
        select.setString(2, binding.session().session().value());
        try (var row = select.executeQuery()) {
          return row.next() ? Optional.of(new ApprovalId(row.getString(1))) : Optional.empty();
        }
      }
    }

    private static void write(Connection connection, ApprovalId id, String decisionId)
        throws SQLException {
      try (PreparedStatement update =
          connection.prepareStatement(
              "UPDATE approvals SET state = 'claimed', claimed_by = ?::uuid WHERE id = ?::uuid")) {
        update.setString(1, decisionId);
        update.setString(2, id.value());
        update.executeUpdate();
      }
    }
  }
}
