package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.token.KeyRing;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.audit.ArgumentTerms;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.guard.Inspection;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.session.RedisSettings;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolServers;
import dev.interceptor.server.upstream.UnreachedTools;
import io.lettuce.core.RedisClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// The enforcement point on a real PostgreSQL and a real Redis, with a scripted tool server behind
/// it and any part broken on purpose.
final class Enforced implements AutoCloseable {
  /// How long an impatient one waits for a store.
  static final Duration SHORT_DEADLINE = DatabaseConfig.TIMEOUT.multipliedBy(2);

  static final String LEAK =
      """
      {"to":["someone@elsewhere.example"],"subject":"s","body":"b"}\
      """;

  static final Principal ACME = new Principal(new CustomerId("acme"), new ApiKeyId("abcd1234"));

  private static final AtomicInteger SESSIONS = new AtomicInteger();

  private final DatabaseConfig config;
  private final Database database;
  private final DecisionLog log;
  private final ApprovalStore approvals;
  private final SessionStore sessions;
  private final PinnedTools pins;
  private final ScriptedToolServer tools = new ScriptedToolServer();
  private final AtomicInteger signatures = new AtomicInteger();
  private final EnforcementPoint point;

  /// What to put in the place of the sound parts.
  record Parts(
      Path policy,
      Duration idle,
      UnaryOperator<SessionStore> sessions,
      UnaryOperator<DecisionLog> log,
      UnaryOperator<ApprovalStore> approvals,
      InstantSource clock) {
    static final Parts SOUND =
        new Parts(
            SharedStack.demoPolicy(),
            Duration.ofHours(1),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            InstantSource.system());

    Parts withSessions(UnaryOperator<SessionStore> other) {
      return new Parts(policy, idle, other, log, approvals, clock);
    }

    Parts withLog(UnaryOperator<DecisionLog> other) {
      return new Parts(policy, idle, sessions, other, approvals, clock);
    }

    /// @param folder takes a file with the policy
    Parts withPolicy(Path folder, String text) {
      try {
        Path written = Files.writeString(Files.createTempFile(folder, "policy", ".yaml"), text);
        return new Parts(written, idle, sessions, log, approvals, clock);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Parts withIdle(Duration other) {
      return new Parts(policy, other, sessions, log, approvals, clock);
    }

    Parts withApprovals(UnaryOperator<ApprovalStore> other) {
      return new Parts(policy, idle, sessions, log, other, clock);
    }

    Parts withClock(InstantSource other) {
      return new Parts(policy, idle, sessions, log, approvals, other);
    }
  }

  Enforced(Parts parts) {
    this(parts, TestServices.freshDatabase());
  }

  /// Beside another one, if on its database.
  Enforced(Parts parts, DatabaseConfig config) {
    this.config = config;
    this.database = Database.open(config);
    InstantSource clock = parts.clock();
    this.log = parts.log().apply(DecisionLog.postgres(database.pool(), database.longestWait()));
    var redis =
        new RedisSettings(
            TestServices.shared().redisUri().toString(),
            config.timeout(),
            database.longestWait(),
            parts.idle());
    this.sessions =
        parts
            .sessions()
            .apply(SessionStore.redis(redis, log, clock, () -> UUID.randomUUID().toString()));
    this.approvals = ApprovalStore.postgres(database, ApprovalTerms.DEFAULT, clock);
    this.pins = PinnedTools.start(database, Map.of(tools.name(), Pinning.FIRST_SIGHT), clock);
    KeyRing keys = KeyRing.of(SigningKey.generate(new SecureRandom()));
    var minter =
        new TokenMinter(
            () -> {
              signatures.incrementAndGet();
              return keys;
            },
            "sentinel-interceptor",
            Duration.ofSeconds(5),
            clock);
    this.point =
        new EnforcementPoint(
            PolicyStore.file(parts.policy()),
            sessions,
            log,
            parts.approvals().apply(approvals),
            minter,
            new ToolServers(List.of(tools)),
            pins,
            new Discretion(ArgumentTerms.DEFAULT, Detectors.standard()),
            new FlowMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
            clock,
            () -> UUID.randomUUID().toString(),
            new SecureRandom());
  }

  static Enforced sound() {
    return new Enforced(Parts.SOUND);
  }

  /// A sound one that gives its stores up as early as the product does by default.
  static Enforced impatient() {
    return new Enforced(Parts.SOUND, TestServices.impatientDatabase());
  }

  /// A session that no other test uses.
  static String freshSession() {
    return "enforced-" + SESSIONS.incrementAndGet();
  }

  Outcome execute(String session, String tool, String arguments) {
    return point.execute(call(session, tool, arguments));
  }

  Outcome authorize(String session, String tool, String arguments) {
    return point.authorize(call(session, tool, arguments));
  }

  /// A model's call of a tool that an upstream has.
  Outcome release(String session, String tool, String arguments) {
    return point.release(at(tools.name(), call(session, tool, arguments)), Proposal.OFFERED);
  }

  /// A model's call of a tool that only its client knows.
  Outcome release(String session, String tool, String arguments, Proposal proposal) {
    return point.release(
        at(UnreachedTools.CLIENT.name(), call(session, tool, arguments)), proposal);
  }

  Outcome releaseSigned(String session, String tool, String arguments) {
    return point.releaseSigned(at(tools.name(), call(session, tool, arguments)), Proposal.OFFERED);
  }

  /// What a client says that a tool returned.
  Inspection.Delivery observe(String session, String tool, ObjectNode result, boolean known) {
    return point.observe(at(tools.name(), call(session, tool, "{}")), result, known);
  }

  private static InterceptedCall at(UpstreamName upstream, InterceptedCall call) {
    return new InterceptedCall(
        call.requestId(),
        call.entryPoint(),
        call.principal(),
        call.ip(),
        call.session(),
        Optional.of(upstream),
        call.tool(),
        call.arguments(),
        call.continuation());
  }

  /// Reads customer data, which closes mail to strangers.
  Outcome read(String session) {
    return execute(session, "read_customer", "{\"id\":\"c-1001\"}");
  }

  /// Mails a stranger.
  Outcome leak(String session) {
    return execute(session, "send_email", LEAK);
  }

  /// A call by somebody else, in the key's own session if none is named.
  Outcome execute(Principal principal, Optional<SessionId> session, String tool, String arguments) {
    return point.execute(call(principal, session, tool, arguments));
  }

  private static InterceptedCall call(String session, String tool, String arguments) {
    return call(ACME, Optional.of(new SessionId(session)), tool, arguments);
  }

  private static InterceptedCall call(
      Principal principal, Optional<SessionId> session, String tool, String arguments) {
    try {
      return new InterceptedCall(
          "request",
          "test",
          principal,
          Optional.of("127.0.0.1"),
          session,
          Optional.empty(),
          new ToolName(tool),
          Arguments.of(
              StrictJson.parseObject(
                  arguments.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)),
          Optional.empty());
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  ScriptedToolServer tools() {
    return tools;
  }

  /// The sound approvals, whatever the point itself was given.
  ApprovalStore approvals() {
    return approvals;
  }

  DatabaseConfig database() {
    return config;
  }

  /// How often a key was asked for to sign with.
  int signatures() {
    return signatures.get();
  }

  /// Whether the permit is committed, as another connection sees it.
  boolean isRecorded(String decisionId) {
    return DecisionLog.recordedPermits(Database.patient(config), List.of(decisionId)) == 1;
  }

  /// Empties Redis.
  static void flushRedis() {
    try (var client = RedisClient.create(TestServices.shared().redisUri().toString());
        var connection = client.connect()) {
      connection.sync().flushall();
    }
  }

  @Override
  public void close() {
    pins.close();
    sessions.close();
    log.close();
    database.close();
  }
}
