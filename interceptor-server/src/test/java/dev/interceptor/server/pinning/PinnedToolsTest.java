package dev.interceptor.server.pinning;

import static dev.interceptor.server.pinning.ListingServer.definition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class PinnedToolsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int RACES = 50;
  private static final UpstreamName DEMO = new UpstreamName("demo");
  private static final ToolName A = new ToolName("a");
  private static final ToolRef REF = new ToolRef(DEMO, A);
  private static final String ONE = "{\"name\":\"a\",\"description\":\"one\"}";
  private static final String TWO = "{\"name\":\"a\",\"description\":\"two\"}";
  private static final String B = "{\"name\":\"b\"}";

  private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryPinStore store = new InMemoryPinStore(clock);
  private final ListingServer server = new ListingServer("demo");

  private PinnedTools tools(Pinning how) {
    return new PinnedTools(store, Map.of(DEMO, how), clock, Runnable::run);
  }

  private static ErrorCode failure(Callable<?> work) {
    return catchThrowableOfType(InterceptorException.class, work::call).code();
  }

  private static Definition pinned(String json) {
    return new Definition.Pinned(definition(json).digest());
  }

  @Test
  void whatIsListedAsItWasFirstSeenIsPinned() {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    assertThat(tools.verdict(server.lists(ONE, B), A)).isEqualTo(pinned(ONE));
    assertThat(tools.trusted(server)).containsExactly(definition(ONE), definition(B));
  }

  @Test
  void aChangedToolIsBlockedAndLeavesTheListUntilItIsApproved() {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    assertThat(tools.trusted(server.lists(ONE, B))).hasSize(2);
    assertThat(tools.verdict(server.lists(TWO, B), A))
        .isEqualTo(new Definition.Changed(definition(ONE).digest(), definition(TWO).digest()));
    assertThat(tools.trusted(server)).containsExactly(definition(B));
    store.approve(REF, definition(TWO).digest(), "Ada");
    tools.refresh();
    assertThat(tools.verdict(server, A)).isEqualTo(pinned(TWO));
    assertThat(tools.trusted(server)).hasSize(2);
    assertThat(tools.verdict(server.lists(ONE, B), A)).isInstanceOf(Definition.Changed.class);
  }

  @Test
  void whatTheServerDoesNotListIsUnlistedHoweverWellKnown() {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    assertThat(tools.verdict(server.lists(ONE), A)).isEqualTo(pinned(ONE));
    assertThat(tools.verdict(server.lists(B), A)).isEqualTo(new Definition.Unlisted());
    assertThat(tools.verdict(server.lists(ONE), A)).isEqualTo(pinned(ONE));
  }

  @Test
  void aNameOfTheProtocolIsNeverATool() {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    server.lists("{\"name\":\"resources/read\"}", B);
    assertThat(tools.verdict(server, new ToolName("resources/read")))
        .isEqualTo(new Definition.ProtocolMethod());
    assertThat(tools.trusted(server)).containsExactly(definition(B));
  }

  @Test
  void withAnOperatorEveryToolWaitsForOne() {
    PinnedTools tools = tools(Pinning.OPERATOR);
    assertThat(tools.verdict(server.lists(ONE), A))
        .isEqualTo(new Definition.Awaiting(definition(ONE).digest()));
    assertThat(tools.trusted(server)).isEmpty();
    store.approve(REF, definition(ONE).digest(), "Ada");
    tools.refresh();
    assertThat(tools.verdict(server, A)).isEqualTo(pinned(ONE));
  }

  @Test
  void withAnOperatorTheFirstSightOfEarlierDoesNotCount() {
    assertThat(tools(Pinning.FIRST_SIGHT).verdict(server.lists(ONE), A)).isEqualTo(pinned(ONE));
    PinnedTools tools = tools(Pinning.OPERATOR);
    tools.refresh();
    assertThat(tools.verdict(server, A)).isInstanceOf(Definition.Awaiting.class);
    store.approve(REF, definition(ONE).digest(), "Ada");
    tools.refresh();
    assertThat(tools.verdict(server, A)).isEqualTo(pinned(ONE));
  }

  @Test
  void anUpstreamThatTheSettingsDoNotNameWaitsForAnOperator() {
    var stranger = new ListingServer("stranger");
    assertThat(tools(Pinning.FIRST_SIGHT).verdict(stranger.lists(ONE), A))
        .isInstanceOf(Definition.Awaiting.class);
  }

  @Test
  void withoutItsStoreWhatIsKnownStaysAndNothingNewIsTrusted() {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    assertThat(tools.verdict(server.lists(ONE), A)).isEqualTo(pinned(ONE));
    store.goAway();
    assertThat(tools.verdict(server.lists(ONE, B), A)).isEqualTo(pinned(ONE));
    assertThat(failure(() -> tools.verdict(server, new ToolName("b"))))
        .isEqualTo(ErrorCode.STATE_UNAVAILABLE);
    assertThat(failure(() -> tools.trusted(server))).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
    assertThat(tools.verdict(server.lists(TWO), A)).isInstanceOf(Definition.Changed.class);
    store.comeBack();
    assertThat(tools.verdict(server.lists(ONE, B), new ToolName("b"))).isEqualTo(pinned(B));
  }

  @Test
  void aChangeThatCouldNotBeRecordedIsRecordedWithTheNextListing() {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    assertThat(tools.verdict(server.lists(ONE), A)).isEqualTo(pinned(ONE));
    store.goAway();
    assertThat(tools.verdict(server.lists(TWO), A)).isInstanceOf(Definition.Changed.class);
    store.comeBack();
    assertThat(store.find(REF).orElseThrow().seen()).isEmpty();
    assertThat(tools.verdict(server.lists(TWO), A)).isInstanceOf(Definition.Changed.class);
    assertThat(store.find(REF).orElseThrow().seen()).contains(definition(TWO).canonical());
  }

  @Test
  void aListingThatFailsIsNoVerdict() {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    assertThat(tools.verdict(server.lists(ONE), A)).isEqualTo(pinned(ONE));
    server.fails(InterceptorException.of(ErrorCode.UPSTREAM_TIMEOUT, "slow"));
    assertThat(failure(() -> tools.verdict(server, A))).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
    assertThat(failure(() -> tools.trusted(server))).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
  }

  /// Two instances on one database, each with its own answer of a server that says two things.
  @Test
  void ofTwoFirstSightsAtATimeNoMoreThanOneIsTrusted() throws Exception {
    DatabaseConfig config = TestServices.freshDatabase();
    try (var database = Database.open(config);
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int race = 0; race < RACES; race++) {
        String name = "race-" + race;
        var how = Map.of(new UpstreamName(name), Pinning.FIRST_SIGHT);
        var left = new PinnedTools(PinStore.postgres(database.pool(), clock), how, clock, executor);
        var right =
            new PinnedTools(PinStore.postgres(database.pool(), clock), how, clock, executor);
        var start = new CyclicBarrier(2);
        Future<Definition> one =
            executor.submit(() -> {
              start.await();
              return left.verdict(new ListingServer(name).lists(ONE), A);
            });
        Future<Definition> two =
            executor.submit(() -> {
              start.await();
              return right.verdict(new ListingServer(name).lists(TWO), A);
            });
        assertThat(List.of(one.get(), two.get()))
            .filteredOn(Definition.Pinned.class::isInstance)
            .hasSize(1);
        assertThat(List.of(one.get(), two.get()))
            .filteredOn(Definition.Changed.class::isInstance)
            .hasSize(1);
      }
    }
  }

  @Test
  void anApprovalReachesEveryInstance() throws Exception {
    DatabaseConfig config = TestServices.freshDatabase();
    var how = Map.of(DEMO, Pinning.FIRST_SIGHT);
    InstantSource now = InstantSource.system();
    try (var database = Database.open(config);
        PinnedTools one = PinnedTools.start(database, how, now);
        PinnedTools other = PinnedTools.start(database, how, now)) {
      var stale = new ListingServer("demo").lists(ONE);
      assertThat(one.verdict(stale, A)).isEqualTo(pinned(ONE));
      assertThat(other.verdict(stale, A)).isEqualTo(pinned(ONE));
      assertThat(one.verdict(server.lists(TWO), A)).isInstanceOf(Definition.Changed.class);
      PinStore shared = PinStore.postgres(database.pool(), now);
      Await.until(
          "the change is on record",
          PATIENCE,
          () -> shared.find(REF).orElseThrow().seen().isPresent());
      shared.approve(REF, definition(TWO).digest(), "Ada");
      Await.until("heard", PATIENCE, () -> one.verdict(server, A).equals(pinned(TWO)));
      Await.until("heard", PATIENCE, () -> other.verdict(server, A).equals(pinned(TWO)));
      assertThat(other.verdict(stale, A)).isInstanceOf(Definition.Changed.class);
    }
  }

  @Test
  void manyCallersOfANewToolPinItOnce() throws Exception {
    PinnedTools tools = tools(Pinning.FIRST_SIGHT);
    List<ToolDefinition> listing = List.of(definition(ONE));
    server.lists(listing);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var start = new CyclicBarrier(20);
      List<Callable<Definition>> callers =
          java.util.Collections.nCopies(
              20,
              () -> {
                start.await();
                return tools.verdict(server, A);
              });
      for (Future<Definition> answer : executor.invokeAll(callers)) {
        assertThat(answer.get()).isEqualTo(pinned(ONE));
      }
    }
    assertThat(store.history(REF)).hasSize(1);
  }
}
