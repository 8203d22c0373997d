package dev.interceptor.benchmarks;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.PolicyDecisionPoint;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Deciding one permitted call of a session that has made others. Every rule is about the tool that
/// is called, so that each is asked.
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecisionBenchmark {
  private static final Principal PRINCIPAL =
      new Principal(new CustomerId("acme"), new ApiKeyId("a1b2c3d4"));
  private static final SessionId SESSION = new SessionId("support-session-4711");
  private static final CallContext CONTEXT =
      new CallContext(Instant.ofEpochSecond(1_795_000_000), Optional.of("198.51.100.7"));
  private static final int OTHER_TOOLS = 10;

  private final PolicyDecisionPoint decisions = new PolicyDecisionPoint();
  private final DecisionRequest request =
      new DecisionRequest(
          PRINCIPAL,
          SESSION,
          call("send_email", Arguments.of(Documents.parse(Documents.mail(300)))),
          CONTEXT);

  /// A policy of so many rules, and a session of so many calls.
  @State(Scope.Benchmark)
  public static class Table {
    @Param({"1", "10", "100", "1000"})
    public int rules;

    @Param({"10", "1000", "100000"})
    public int history;

    private PolicySet policy = Policies.ofRules(1);
    private SessionState session = SessionState.NEW;

    @Setup
    public void prepare() {
      policy = Policies.ofRules(rules);
      session = sessionAfter(policy, history);
    }
  }

  /// A policy of so many rules, each with an expression in CEL.
  @State(Scope.Benchmark)
  public static class Expressions {
    @Param({"1", "10", "100"})
    public int rules;

    private PolicySet policy = Policies.ofExpressions(1);
    private SessionState session = SessionState.NEW;

    @Setup
    public void prepare() {
      policy = Policies.ofExpressions(rules);
      session = sessionAfter(policy, 10);
    }
  }

  private static ToolCall call(String tool, Arguments arguments) {
    return new ToolCall(new ToolRef(new UpstreamName("mail"), new ToolName(tool)), arguments);
  }

  /// The state after `calls` permitted calls of many tools.
  private static SessionState sessionAfter(PolicySet policy, int calls) {
    var decisions = new PolicyDecisionPoint();
    SessionState session = SessionState.NEW;
    for (int i = 0; i < calls; i++) {
      ToolCall call = call("tool_" + i % OTHER_TOOLS, Arguments.none());
      var request = new DecisionRequest(PRINCIPAL, SESSION, call, CONTEXT);
      session = permitted(decisions.decide(request, policy, session)).reserved();
    }
    return session;
  }

  private static Decision.Permit permitted(Decision decision) {
    return switch (decision) {
      case Decision.Permit permit -> permit;
      case Decision.Deny deny ->
          throw new IllegalStateException("a call of the benchmark is denied: " + deny);
      case Decision.RequireApproval wait ->
          throw new IllegalStateException("a call of the benchmark waits: " + wait);
    };
  }

  @Benchmark
  public Decision decide(Table table) {
    return permitted(decisions.decide(request, table.policy, table.session));
  }

  /// A policy with a limit per session and one per day.
  @State(Scope.Benchmark)
  public static class Limited {
    private final PolicySet policy = Policies.ofLimits();
    private final SessionState session = sessionAfter(policy, 10);
    private Usage usage = Usage.NOT_READ;

    @Setup
    public void read() {
      Map<String, Long> used = new HashMap<>();
      ToolRef tool = call("send_email", Arguments.none()).tool();
      policy.plan(tool).countersRead(CONTEXT.at()).forEach(counter -> used.put(counter, 7L));
      usage = Usage.of(used);
    }
  }

  @Benchmark
  public Decision decideByLimits(Limited limited) {
    return permitted(decisions.decide(request, limited.policy, limited.session, limited.usage));
  }

  @Benchmark
  public Decision decideByExpressions(Expressions table) {
    return permitted(decisions.decide(request, table.policy, table.session));
  }
}
