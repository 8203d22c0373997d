package dev.interceptor.server.policyswap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.RunningTime;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two server processes on one PostgreSQL: what is applied through the one decides there from the
/// acknowledgement on, and on the other within a second of it.
final class AppliedPoliciesAreLiveTest {
  private static final int SWAPS = 60;
  private static final Duration BOUND = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static SwapStack stack;
  private static int generation;

  @BeforeAll
  static void start() throws Exception {
    stack = SwapStack.start();
    nothingIsPermittedBeforeAPolicyIsApplied();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static void nothingIsPermittedBeforeAPolicyIsApplied() throws Exception {
    try (var client = new RawClient(stack.one().url());
        var admin = stack.admin(stack.one())) {
      RawClient.Reply reply =
          client.post("/proxy/execute", stack.apiKey(), "{\"tool_name\":\"list_customers\"}");
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.code()).isEqualTo("POLICY_UNAVAILABLE");
      RawClient.Reply ready = admin.get("/health/ready", "");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body()).contains("\"policy\":\"down\"");
    }
  }

  @Test
  void aChangeIsInForceHereAtOnceAndElsewhereWithinASecond() throws Exception {
    Duration longest = Duration.ZERO;
    try (var admin = stack.admin(stack.one());
        var here = new RawClient(stack.one().url());
        var there = new RawClient(stack.other().url())) {
      for (int swap = 0; swap < SWAPS; swap++) {
        RawClient.Reply applied = applyNext(admin);
        String permitted = Generations.permitted(generation);
        assertThat(stack.permitted(here)).isEqualTo(permitted);
        Duration lag = lag(there, permitted, applied.doneAt());
        longest = lag.compareTo(longest) > 0 ? lag : longest;
      }
      assertThat(admin.get("/health/ready", "").status()).isEqualTo(200);
    }
    System.out.printf("%d changes of a policy; longest lag elsewhere %s%n", SWAPS, longest);
    assertThat(longest).isLessThan(BOUND);
  }

  /// The trigger that tells the other instance is taken away, which the same measurement shows.
  @Test
  void aChangeThatIsNotToldIsCaught() throws Exception {
    try (var admin = stack.admin(stack.one());
        var there = new RawClient(stack.other().url())) {
      applyNext(admin);
      String before = Generations.permitted(generation);
      Await.until("taken over there", PATIENCE, () -> stack.permitted(there).equals(before));
      stack.sql("ALTER TABLE policies DISABLE TRIGGER policies_changed");
      try {
        RawClient.Reply applied = applyNext(admin);
        Await.until(
            "longer than the bound",
            PATIENCE,
            () -> RunningTime.nanoTime() - applied.doneAt() > BOUND.toNanos());
        assertThat(stack.permitted(there)).isEqualTo(before);
      } finally {
        stack.sql("ALTER TABLE policies ENABLE TRIGGER policies_changed");
      }
    }
  }

  /// What was missed while nobody listened is read when somebody listens again.
  @Test
  void aLostListenerCatchesUp() throws Exception {
    try (var admin = stack.admin(stack.one());
        var there = new RawClient(stack.other().url())) {
      stack.sql("ALTER TABLE policies DISABLE TRIGGER policies_changed");
      try {
        applyNext(admin);
        stack.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE query IN ('SELECT 1', 'LISTEN interceptor_policies')");
        Await.until(
            "caught up",
            PATIENCE,
            () -> stack.permitted(there).equals(Generations.permitted(generation)));
      } finally {
        stack.sql("ALTER TABLE policies ENABLE TRIGGER policies_changed");
      }
    }
  }

  @Test
  void aCustomerIsDecidedByThePolicyItNamesAndByNoOther() throws Exception {
    try (var admin = stack.admin(stack.one());
        var here = new RawClient(stack.one().url())) {
      applyNext(admin);
      String path = "/admin/api/v1/policies?customer=demo";
      RawClient.Reply unknown =
          admin.post(
              "/admin/api/v1/policies?customer=nobody",
              stack.adminKey(),
              Generations.text("special", generation + 1));
      assertThat(unknown.status()).as(unknown.body()).isEqualTo(400);
      try {
        RawClient.Reply given =
            admin.post(path, stack.adminKey(), Generations.text("special", generation + 1));
        assertThat(given.status()).as(given.body()).isEqualTo(200);
        assertThat(stack.permitted(here)).isEqualTo(Generations.permitted(generation + 1));
        stack.sql("UPDATE customers SET policy_name = 'gone' WHERE id = 'demo'");
        Await.until("undecided", PATIENCE, () -> stack.permitted(here).isEmpty());
      } finally {
        stack.sql("UPDATE customers SET policy_name = NULL WHERE id = 'demo'");
        Await.until("decided again", PATIENCE, () -> !stack.permitted(here).isEmpty());
      }
    }
  }

  @Test
  void theAdminApiListsShowsAppliesAndRollsBack() throws Exception {
    try (var admin = stack.admin(stack.one());
        var viewer = stack.admin(stack.one());
        var here = new RawClient(stack.one().url())) {
      int first = versionOf(applyNext(admin));
      int second = versionOf(applyNext(admin));
      assertThat(second).isEqualTo(first + 1);
      RawClient.Reply again =
          stack.apply(admin, Generations.text(SwapStack.POLICY, generation) + "# a comment\n");
      assertThat(SwapStack.json(again).at("/policies/0/effect").asText()).isEqualTo("unchanged");
      assertThat(versionOf(again)).isEqualTo(second);

      RawClient.Reply conflict =
          admin.post(
              "/admin/api/v1/policies?expect_version=" + first,
              stack.adminKey(),
              Generations.text(SwapStack.POLICY, generation + 1));
      assertThat(conflict.status()).isEqualTo(409);
      assertThat(conflict.code()).isEqualTo("POLICY_CONFLICT");

      RawClient.Reply back = admin.post(versionPath(first) + "/rollback", stack.adminKey(), "");
      assertThat(back.status()).as(back.body()).isEqualTo(200);
      assertThat(versionOf(back)).isEqualTo(second + 1);
      assertThat(stack.permitted(here)).isEqualTo(Generations.permitted(generation - 1));
      assertThat(
              SwapStack.json(viewer.get(versionPath(second + 1), stack.adminKey()))
                  .path("source")
                  .asText())
          .isEqualTo(Generations.text(SwapStack.POLICY, generation - 1));
      JsonNode history =
          SwapStack.json(
              viewer.get(
                  "/admin/api/v1/policies/" + SwapStack.POLICY + "/versions", stack.adminKey()));
      assertThat(history.at("/versions/0/note").asText()).isEqualTo("back to version " + first);
      assertThat(
              SwapStack.json(viewer.get("/admin/api/v1/policies", stack.adminKey()))
                  .at("/policies/0/version")
                  .asInt())
          .isEqualTo(second + 1);
      generation++;
      assertThat(admin.get("/admin/api/v1/policies/none/versions", stack.adminKey()).status())
          .isEqualTo(404);
      assertThat(admin.get(versionPath(100_000), stack.adminKey()).status()).isEqualTo(404);
    }
  }

  @Test
  void anInvalidPolicyIsRefusedWithAllItsProblemsAndAnAgentsKeyCanDoNothingHere() throws Exception {
    try (var admin = stack.admin(stack.one())) {
      RawClient.Reply refused =
          stack.apply(admin, "version: 1\nname: default\nstatic_rulez: {}\nmood: x\n");
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.code()).isEqualTo("POLICY_INVALID");
      assertThat(SwapStack.json(refused).path("problems"))
          .extracting(JsonNode::asText)
          .hasSizeGreaterThan(2)
          .allMatch(problem -> problem.matches("body:\\d+:\\d+: .+"));
      String agent = stack.apiKey();
      assertThat(admin.get("/admin/api/v1/policies", agent).status()).isEqualTo(401);
      assertThat(admin.post("/admin/api/v1/policies", agent, "x").status()).isEqualTo(401);
    }
  }

  @Test
  void aViewerReadsAndDoesNotWrite() throws Exception {
    try (var admin = stack.admin(stack.one())) {
      RawClient.Reply created =
          admin.post(
              "/admin/api/v1/keys",
              stack.adminKey(),
              "{\"customer\":\"demo\",\"role\":\"viewer\",\"label\":\"looks\"}");
      String viewer = SwapStack.json(created).path("key").asText();
      assertThat(admin.get("/admin/api/v1/policies", viewer).status()).isEqualTo(200);
      assertThat(
              admin
                  .post(
                      "/admin/api/v1/policies",
                      viewer,
                      Generations.text(SwapStack.POLICY, generation + 1))
                  .status())
          .isEqualTo(401);
      assertThat(admin.post(versionPath(1) + "/rollback", viewer, "").status()).isEqualTo(401);
    }
  }

  private static String versionPath(int version) {
    return "/admin/api/v1/policies/" + SwapStack.POLICY + "/versions/" + version;
  }

  private static RawClient.Reply applyNext(RawClient admin) throws IOException {
    generation++;
    RawClient.Reply applied = stack.apply(admin, Generations.text(SwapStack.POLICY, generation));
    assertThat(applied.status()).as(applied.body()).isEqualTo(200);
    return applied;
  }

  private static int versionOf(RawClient.Reply applied) throws IOException {
    return SwapStack.json(applied).at("/policies/0/version").asInt();
  }

  private static Duration lag(RawClient there, String permitted, long acknowledgedAt)
      throws Exception {
    Await.until("in force there", PATIENCE, () -> stack.permitted(there).equals(permitted));
    return RunningTime.since(acknowledgedAt);
  }
}
