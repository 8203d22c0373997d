package dev.interceptor.server.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.approval.ApprovalStore.Filing;
import dev.interceptor.server.approval.ApprovalStore.Ruled;
import dev.interceptor.server.approval.ApprovalStore.Scope;
import dev.interceptor.server.approval.Ruling.Unseen;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.session.SessionKey;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Every sentence of the port, on a real PostgreSQL.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JooqApprovalStoreTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration PENDING_FOR = Duration.ofHours(1);
  private static final Duration VALID_FOR = Duration.ofMinutes(10);
  private static final String ARGUMENTS = "{\"amount\":7}";

  private final AtomicInteger customers = new AtomicInteger();
  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final DatabaseConfig config = TestServices.freshDatabase();
  private Database database;
  private ApprovalStore store;
  private ApprovalBinding binding;

  @BeforeAll
  void open() {
    database = Database.open(config);
    store =
        ApprovalStore.postgres(database, new ApprovalTerms(VALID_FOR, PENDING_FOR, 3), now::get);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void aCustomerThatNobodyElseUses() {
    now.set(START);
    binding = binding("customer-" + customers.incrementAndGet(), "s", "bank", "wire", ARGUMENTS);
  }

  private static ApprovalBinding binding(
      String customer, String session, String upstream, String tool, String arguments) {
    return new ApprovalBinding(
        new SessionKey(new CustomerId(customer), new SessionId(session)),
        new ToolRef(new UpstreamName(upstream), new ToolName(tool)),
        Sha256.of(arguments.getBytes(StandardCharsets.UTF_8)));
  }

  private static ApprovalDemand demand(Optional<String> arguments) {
    return new ApprovalDemand(
        new ApiKeyId("abcd1234"),
        List.of(new RuleId("large"), RuleId.STATIC),
        Optional.of("large sums wait for a person"),
        new TreeSet<>(List.of(ToolClass.CONSEQUENTIAL_WRITE)),
        new TreeSet<>(List.of(new Label("pii"))),
        new ShownArguments(arguments, 12));
  }

  private static String decision() {
    return UUID.randomUUID().toString();
  }

  private Filing ask(ApprovalBinding call) {
    return store.file(new ApprovalId(decision()), call, demand(Optional.of(ARGUMENTS)), now.get());
  }

  private ApprovalId waiting(ApprovalBinding call) {
    return switch (ask(call)) {
      case Filing.Waiting filed -> filed.id();
      case Filing.Full _ -> throw new AssertionError("full");
    };
  }

  private Ruled approve(ApprovalId id) {
    return store.rule(id, new Ruling.Approve("key admin001", VALID_FOR, Unseen.REFUSE));
  }

  private Ruled deny(ApprovalId id) {
    return store.rule(id, new Ruling.Deny("key admin001", "not today"));
  }

  private Optional<ApprovalId> claim(ApprovalBinding call) {
    return store.claim(call, decision(), now.get());
  }

  private ApprovalState state(ApprovalId id) {
    return store.find(id).orElseThrow().state();
  }

  private void pass(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  @Test
  void aRequestShowsAPersonEverythingThatWasAskedFor() {
    ApprovalId id = waiting(binding);
    assertThat(store.find(id))
        .contains(
            new Approval(
                id,
                binding,
                demand(Optional.of(ARGUMENTS)),
                ApprovalState.PENDING,
                new Approval.Times(START, START, 1, START.plus(PENDING_FOR)),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void askingAgainIsTheSameRequestAndRefreshesNothingButTheCount() {
    ApprovalId id = waiting(binding);
    pass(Duration.ofMinutes(1));
    assertThat(waiting(binding)).isEqualTo(id);
    assertThat(store.find(id).orElseThrow().times())
        .isEqualTo(
            new Approval.Times(
                START, START.plus(Duration.ofMinutes(1)), 2, START.plus(PENDING_FOR)));
  }

  @Test
  void aRequestIsNoApproval() {
    waiting(binding);
    assertThat(claim(binding)).isEmpty();
  }

  @Test
  void anApprovalIsClaimedOnce() {
    ApprovalId id = waiting(binding);
    assertThat(approve(id)).isInstanceOf(Ruled.Done.class);
    assertThat(claim(binding)).contains(id);
    assertThat(claim(binding)).isEmpty();
    assertThat(state(id)).isEqualTo(ApprovalState.CLAIMED);
  }

  @Test
  void onlyTheDecisionThatHoldsTheClaimCanReleaseIt() {
    ApprovalId id = waiting(binding);
    approve(id);
    String holder = decision();
    assertThat(store.claim(binding, holder, now.get())).contains(id);
    store.release(id, decision());
    assertThat(claim(binding)).isEmpty();
    store.release(id, holder);
    assertThat(claim(binding)).contains(id);
    store.release(id, holder);
    assertThat(state(id)).isEqualTo(ApprovalState.CLAIMED);
  }

  @Test
  void anApprovalIsGoodForNoOtherCall() {
    approve(waiting(binding));
    String customer = binding.session().customer().value();
    assertThat(claim(binding("somebody", "s", "bank", "wire", ARGUMENTS))).isEmpty();
    assertThat(claim(binding(customer, "S", "bank", "wire", ARGUMENTS))).isEmpty();
    assertThat(claim(binding(customer, "s", "bank2", "wire", ARGUMENTS))).isEmpty();
    assertThat(claim(binding(customer, "s", "bank", "Wire", ARGUMENTS))).isEmpty();
    assertThat(claim(binding(customer, "s", "bank", "wire", "{}"))).isEmpty();
    assertThat(claim(binding)).isPresent();
  }

  @Test
  void anApprovalEndsAtTheInstantOfItsExpiryAndItsArgumentsAreErased() {
    ApprovalId id = waiting(binding);
    approve(id);
    pass(VALID_FOR.minusMillis(1));
    String holder = decision();
    assertThat(store.claim(binding, holder, now.get())).contains(id);
    store.release(id, holder);
    pass(Duration.ofMillis(1));
    assertThat(claim(binding)).isEmpty();
    Approval ended = store.find(id).orElseThrow();
    assertThat(ended.state()).isEqualTo(ApprovalState.EXPIRED);
    assertThat(ended.demand().arguments().text()).isEmpty();
    assertThat(approve(id)).isEqualTo(new Ruled.Closed(ended));
  }

  @Test
  void aRequestThatNobodyAnsweredEndsAndTheNextOneIsNew() {
    ApprovalId id = waiting(binding);
    pass(PENDING_FOR);
    ApprovalId next = waiting(binding);
    assertThat(next).isNotEqualTo(id);
    assertThat(state(id)).isEqualTo(ApprovalState.EXPIRED);
    assertThat(approve(id)).isInstanceOf(Ruled.Closed.class);
    assertThat(claim(binding)).isEmpty();
  }

  @Test
  void aClaimWhoseProcessDiedEndsAsUsedAndNeverComesBack() {
    ApprovalId id = waiting(binding);
    approve(id);
    String dead = decision();
    assertThat(store.claim(binding, dead, now.get())).contains(id);
    pass(VALID_FOR);
    store.expire();
    assertThat(state(id)).isEqualTo(ApprovalState.USED);
    store.release(id, dead);
    assertThat(claim(binding)).isEmpty();
    assertThat(waiting(binding)).isNotEqualTo(id);
  }

  @Test
  void aDenialIsFinalAndErasesTheArguments() {
    ApprovalId id = waiting(binding);
    assertThat(deny(id)).isInstanceOf(Ruled.Done.class);
    Approval denied = store.find(id).orElseThrow();
    assertThat(denied.said()).contains(new Approval.Said("key admin001", START, "not today"));
    assertThat(denied.demand().arguments().text()).isEmpty();
    assertThat(approve(id)).isEqualTo(new Ruled.Closed(denied));
    assertThat(claim(binding)).isEmpty();
  }

  @Test
  void anApprovalCanBeTakenBackUntilACallHasTakenIt() {
    ApprovalId id = waiting(binding);
    approve(id);
    assertThat(deny(id)).isInstanceOf(Ruled.Done.class);
    assertThat(claim(binding)).isEmpty();
    ApprovalId next = waiting(binding);
    approve(next);
    assertThat(claim(binding)).contains(next);
    assertThat(deny(next)).isInstanceOf(Ruled.Closed.class);
    assertThat(approve(next)).isInstanceOf(Ruled.Closed.class);
  }

  @Test
  void argumentsThatWereTooLongAreApprovedOnlyByWhoAcceptsThat() {
    var id = new ApprovalId(decision());
    store.file(id, binding, demand(Optional.empty()), now.get());
    assertThat(approve(id)).isInstanceOf(Ruled.NotShown.class);
    assertThat(claim(binding)).isEmpty();
    assertThat(store.rule(id, new Ruling.Approve("cli me", VALID_FOR, Unseen.ACCEPT)))
        .isInstanceOf(Ruled.Done.class);
    assertThat(claim(binding)).contains(id);
  }

  @Test
  void noMoreRequestsOfACustomerWaitThanMay() {
    String customer = binding.session().customer().value();
    for (int i = 0; i < 3; i++) {
      waiting(binding(customer, "s" + i, "bank", "wire", ARGUMENTS));
    }
    assertThat(ask(binding)).isEqualTo(new Filing.Full());
    assertThat(ask(binding(customer, "s0", "bank", "wire", ARGUMENTS)))
        .isInstanceOf(Filing.Waiting.class);
    assertThat(ask(binding("neighbour", "s", "bank", "wire", ARGUMENTS)))
        .isInstanceOf(Filing.Waiting.class);
    pass(PENDING_FOR);
    assertThat(ask(binding)).isInstanceOf(Filing.Waiting.class);
  }

  @Test
  void anUnknownIdIsUnknown() {
    assertThat(approve(new ApprovalId(decision()))).isEqualTo(new Ruled.Unknown());
    assertThat(store.find(new ApprovalId(decision()))).isEmpty();
  }

  @Test
  void theListShowsWhatIsOpenOrEverythingNewestFirst() {
    ApprovalId old = waiting(binding);
    deny(old);
    pass(Duration.ofSeconds(1));
    ApprovalId open = waiting(binding);
    assertThat(store.list(Scope.OPEN)).extracting(Approval::id).contains(open).doesNotContain(old);
    assertThat(store.list(Scope.ALL)).extracting(Approval::id).containsSubsequence(open, old);
  }

  @Test
  void ofManyWhoAskClaimOrRuleAtOnceOneWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      var call = binding("crowd", "s" + round, "bank", "wire", ARGUMENTS);
      List<ApprovalId> asked = together(() -> waiting(call));
      assertThat(asked).containsOnly(asked.getFirst());
      List<Ruled> ruled = together(() -> approve(asked.getFirst()));
      assertThat(ruled).filteredOn(Ruled.Done.class::isInstance).hasSize(1);
      List<Optional<ApprovalId>> claims = together(() -> claim(call));
      assertThat(claims).filteredOn(Optional::isPresent).hasSize(1);
      now.updateAndGet(instant -> instant.plus(VALID_FOR));
      store.expire();
    }
  }

  private static <T> List<T> together(Callable<T> work) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<T>();
      for (Future<T> done : threads.invokeAll(Collections.nCopies(8, work))) {
        all.add(done.get());
      }
      return all;
    }
  }

  @Test
  void theDatabaseRefusesToKeepArgumentsOfWhatHasEnded() throws SQLException {
    ApprovalId id = waiting(binding);
    deny(id);
    try (var connection = database.pool().getConnection();
        var statement = connection.createStatement()) {
      assertThatThrownBy(
              () -> statement.execute("UPDATE approvals SET args = '{}' WHERE id = '" + id + "'"))
          .hasMessageContaining("approvals_args_only_while_open");
    }
  }

  private static boolean lists(ApprovalStore store) {
    try {
      return !store.list(ApprovalStore.Scope.OPEN).isEmpty();
    } catch (InterceptorException e) {
      return false;
    }
  }

  @Test
  void aFrozenPostgresIsAnError() throws Exception {
    waiting(binding);
    try (var impatient = Database.open(config.withTimeout(DatabaseConfig.TIMEOUT))) {
      ApprovalStore there = ApprovalStore.postgres(impatient, ApprovalTerms.DEFAULT, now::get);
      Await.until("connected", Duration.ofSeconds(20), () -> lists(there));
      try (var _ = TestServices.freezePostgres()) {
        assertThatThrownBy(() -> there.claim(binding, decision(), now.get()))
            .isInstanceOfSatisfying(
                InterceptorException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
      }
    }
  }
}
