package dev.interceptor.server;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.admin.ApprovalsEndpoint;
import dev.interceptor.server.admin.AuditEndpoint;
import dev.interceptor.server.admin.KeysEndpoint;
import dev.interceptor.server.admin.PoliciesEndpoint;
import dev.interceptor.server.admin.ToolsEndpoint;
import dev.interceptor.server.approval.ApprovalExpiry;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.audit.AuditEntries;
import dev.interceptor.server.audit.AuditUpkeep;
import dev.interceptor.server.audit.AuthenticationLog;
import dev.interceptor.server.audit.CheckpointKey;
import dev.interceptor.server.audit.Checkpoints;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.audit.InForceNotes;
import dev.interceptor.server.audit.Receipts;
import dev.interceptor.server.chat.ConversationTools;
import dev.interceptor.server.chat.GuardSet;
import dev.interceptor.server.chat.ModelsEndpoint;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.http.Health;
import dev.interceptor.server.http.JwksEndpoint;
import dev.interceptor.server.http.Listener;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.Authenticator;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.mcp.McpEndpoint;
import dev.interceptor.server.mcp.ProtectedResource;
import dev.interceptor.server.mcp.ResourceMetadataEndpoint;
import dev.interceptor.server.pinning.PinStore;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.policy.PolicyVersions;
import dev.interceptor.server.proxy.ExecutionsEndpoint;
import dev.interceptor.server.proxy.ProxyEndpoint;
import dev.interceptor.server.proxy.ReceiptEndpoint;
import dev.interceptor.server.session.SeenContext;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.signing.Ed25519Choice;
import dev.interceptor.server.signing.LiveKeyRing;
import dev.interceptor.server.targets.ModelLimits;
import dev.interceptor.server.targets.ModelServers;
import dev.interceptor.server.targets.Models;
import dev.interceptor.server.targets.OllamaModels;
import dev.interceptor.server.telemetry.CheckpointGauges;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.OllamaGauges;
import dev.interceptor.server.telemetry.PolicyGauges;
import dev.interceptor.server.telemetry.SigningGauges;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import dev.interceptor.server.upstream.UpstreamConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The composition root: builds every part once, closes them in reverse order.
public final class Wiring implements AutoCloseable {
  /// A report waits for the log with a connection of the pool.
  private static final int REPORTS_AT_ONCE = 2;

  /// A receipt may wait a second for its checkpoint.
  private static final int RECEIPTS_AT_ONCE = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Listener publicListener;
  private final Listener adminListener;

  /// Starts everything; if any part cannot start, those before it are closed again.
  ///
  /// @throws RuntimeException naming the part that could not be started
  public static Wiring start(ServerConfig config) {
    return start(config, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /// @param sessions wraps the session store, so that a test can break it on purpose
  static Wiring start(ServerConfig config, UnaryOperator<SessionStore> sessions) {
    return start(config, sessions, UnaryOperator.identity());
  }

  /// @param log wraps the decision log, to the same end
  static Wiring start(
      ServerConfig config, UnaryOperator<SessionStore> sessions, UnaryOperator<DecisionLog> log) {
    return new Wiring(config, sessions, log);
  }

  private Wiring(
      ServerConfig config,
      UnaryOperator<SessionStore> decorate,
      UnaryOperator<DecisionLog> decorateLog) {
    try {
      InstantSource clock = InstantSource.system();
      var random = new SecureRandom();
      var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      var metrics = new FlowMetrics(registry);
      ServerConfig.Token token = config.token();
      Ed25519Choice.Selected ed25519 = token.ed25519().select();
      LOG.info("ed25519 {}", ed25519);
      LiveKeyRing keys =
          keep(LiveKeyRing.start(token.keys(), ed25519.provider(), token.lifetime(), clock));
      NoteSigner checkpointKey = CheckpointKey.read(config.audit().checkpoints());
      Database database = keep(Database.open(config.database()));
      database.requireKnownSchema();
      PolicyStore policies = keep(policies(config.policy(), database, clock));
      Checkpoints checkpoints =
          keep(
              Checkpoints.start(
                  database.pool(), checkpointKey, config.audit().checkpoints().interval(), clock));
      DecisionLog log =
          keep(
              decorateLog.apply(
                  DecisionLog.postgres(database.pool(), forRecording(config.limits().deadline()))));
      keep(
          AuditUpkeep.start(
              Database.patient(config.database()),
              checkpointKey,
              config.redis().idle(),
              clock,
              config.audit().retentionMonths()));
      keep(
          InForceNotes.start(
              log,
              randomHex(random, 4),
              () -> policies.condition().inForce(),
              keys::signingKey,
              clock));
      SessionStore sessions =
          keep(
              decorate.apply(
                  SessionStore.redis(config.redis(), log, clock, () -> randomHex(random, 8))));
      ApprovalStore approvals = ApprovalStore.postgres(database, config.approvals(), clock);
      keep(ApprovalExpiry.start(approvals));
      AuthenticationLog authentications = keep(AuthenticationLog.writingTo(log, clock));
      Authenticator authenticator =
          keep(Authenticator.start(ApiKeyStore.postgres(database, clock), database, clock));
      ToolServers upstreams = keep(upstreams(config, clock));
      PinnedTools pins = keep(PinnedTools.start(database, pinning(config), clock));
      var minter = new TokenMinter(keys, token.issuer(), token.lifetime(), clock);
      var discretion =
          new Discretion(config.audit().recorded(), Detectors.knowing(ownSecrets(config)));
      var enforcement =
          new EnforcementPoint(
              policies,
              sessions,
              log,
              approvals,
              minter,
              upstreams,
              pins,
              discretion,
              metrics,
              clock,
              () -> UUID.randomUUID().toString(),
              random);
      int room = config.limits().underWay();
      JsonLimits limits = config.limits().json();
      var agents =
          new RequestGate(authenticator, authentications, metrics, room, Set.of(KeyRole.AGENT));
      var operators =
          new RequestGate(authenticator, authentications, metrics, room, Set.of(KeyRole.ADMIN));
      var proxy = new ProxyEndpoint(agents, enforcement, policies, upstreams, pins, limits);
      var resource = new ProtectedResource(config.mcp(), config.http().host());
      var mcp =
          new McpEndpoint(
              resource,
              agents,
              enforcement,
              policies,
              upstreams,
              pins,
              config.redis(),
              random,
              limits,
              room / 2);
      Models models = keep(Models.start(config.models()));
      OllamaModels ollama = keep(OllamaModels.start(models));
      OllamaGauges.show(ollama, registry);
      var health =
          new Health(
              Map.of(
                  "database",
                  log::isUsable,
                  "redis",
                  sessions::isUsable,
                  "policy",
                  () -> policies.condition().usable(),
                  "signing",
                  keys::isUsable,
                  "models",
                  ollama::isReady),
              () -> notes(policies.condition(), keys, checkpoints, models));
      PolicyGauges.show(policies, registry);
      SigningGauges.show(keys, registry);
      CheckpointGauges.show(checkpoints, registry);
      var receipts =
          new ReceiptEndpoint(
              new RequestGate(
                  authenticator, authentications, metrics, RECEIPTS_AT_ONCE, Set.of(KeyRole.AGENT)),
              config.audit().receipts()
                  ? Optional.of(new Receipts(database.pool(), checkpoints))
                  : Optional.empty());
      var jwks = new JwksEndpoint(keys::published);
      var adminKeys = new KeysEndpoint(operators, authenticator.keys(), limits);
      var readers =
          new RequestGate(
              authenticator,
              authentications,
              metrics,
              room,
              Set.of(KeyRole.VIEWER, KeyRole.OPERATOR, KeyRole.ADMIN));
      var adminPolicies =
          new PoliciesEndpoint(
              new PoliciesEndpoint.Gates(readers, operators),
              PolicyVersions.postgres(database, clock),
              policies,
              config.policy(),
              limits.maxBytes());
      var deciders =
          new RequestGate(
              authenticator,
              authentications,
              metrics,
              room,
              Set.of(KeyRole.OPERATOR, KeyRole.ADMIN));
      var adminApprovals =
          new ApprovalsEndpoint(
              new ApprovalsEndpoint.Gates(readers, deciders),
              approvals,
              config.approvals(),
              limits);
      var adminTools =
          new ToolsEndpoint(
              new ToolsEndpoint.Gates(readers, deciders),
              PinStore.postgres(database.pool(), clock),
              pins,
              upstreams,
              limits);
      var adminAudit = new AuditEndpoint(readers, AuditEntries.postgres(database.pool()));
      var servers =
          new RequestGate(
              authenticator, authentications, metrics, REPORTS_AT_ONCE, Set.of(KeyRole.SERVER));
      var executions = new ExecutionsEndpoint(servers, log::append, discretion, clock, limits);
      ModelsEndpoint modelsEndpoint =
          keep(
              models(
                  config,
                  models,
                  new RequestGate(
                      authenticator,
                      authentications,
                      metrics,
                      config.models().underWay(),
                      Set.of(KeyRole.AGENT)),
                  enforcement,
                  new ConversationTools(policies, upstreams, pins),
                  discretion,
                  log,
                  random,
                  clock));
      publicListener =
          keep(
              Listener.start(
                  config.http().host(),
                  config.http().port(),
                  metrics,
                  routes ->
                      Routes.ofPublic(
                          routes,
                          proxy,
                          receipts,
                          mcp,
                          executions,
                          jwks,
                          new ResourceMetadataEndpoint(resource),
                          modelsEndpoint)));
      keep(mcp);
      adminListener =
          keep(
              Listener.start(
                  config.admin().host(),
                  config.admin().port(),
                  metrics,
                  routes ->
                      Routes.ofAdmin(
                          routes,
                          health,
                          adminKeys,
                          adminPolicies,
                          adminApprovals,
                          adminTools,
                          adminAudit,
                          registry::scrape)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private ModelsEndpoint models(
      ServerConfig config,
      Models models,
      RequestGate gate,
      EnforcementPoint enforcement,
      ConversationTools tools,
      Discretion discretion,
      DecisionLog log,
      SecureRandom random,
      InstantSource clock) {
    ModelLimits limits = keep(ModelLimits.redis(config.redis(), randomHex(random, 8)));
    return new ModelsEndpoint(
        new ModelsEndpoint.Parts(
            gate,
            models,
            limits,
            keep(ModelServers.http(models, limits, random::nextDouble)),
            new GuardSet(models, ownSecrets(config)),
            enforcement,
            tools,
            keep(SeenContext.redis(config.redis())),
            discretion,
            entry -> keepEntry(log, entry),
            config.models().json(),
            clock));
  }

  /// An entry that a full queue has no room for is waited for.
  private static void keepEntry(DecisionLog log, LogEntry entry) {
    try {
      if (!log.note(entry)) {
        log.append(List.of(entry));
      }
    } catch (InterceptorException e) {
      LOG.error("a request to a model is not in the audit log: {}", e.getMessage());
    }
  }

  /// What comes before a row is written, the key's lookup and the session's state, has a share of
  /// the deadline too.
  private static Duration forRecording(Duration deadline) {
    return deadline.multipliedBy(3).dividedBy(4);
  }

  private static PolicyStore policies(PolicyOrigin origin, Database database, InstantSource clock) {
    return switch (origin) {
      case PolicyOrigin.Stored _ -> PolicyStore.stored(database, clock);
      case PolicyOrigin.Files files -> PolicyStore.watching(files.path(), database, clock);
    };
  }

  /// Where, not what: the log has the words.
  private static List<String> notes(
      PolicyStore.Condition condition, LiveKeyRing keys, Checkpoints checkpoints, Models models) {
    return Stream.of(
            condition.held().stream()
                .map(line -> "a changed policy is not in force: " + line.split(": ", 2)[0]),
            models.held().stream().map(_ -> "the models' file as it is now is not in force"),
            keys.fault().stream().map(_ -> "the signing keys cannot be read"),
            checkpoints.fault().stream()
                .map(_ -> "the audit log was changed; run `interceptor audit verify`"))
        .flatMap(Function.identity())
        .toList();
  }

  /// What nobody may find in the log, whoever wrote it into a request.
  private static List<String> ownSecrets(ServerConfig config) {
    return List.of(
        new String(config.database().password().insecureBytes(), StandardCharsets.UTF_8),
        config.redis().insecurePassword());
  }

  private static ToolServers upstreams(ServerConfig config, InstantSource clock) {
    return new ToolServers(
        config.upstreams().stream().map(upstream -> ToolServer.open(upstream, clock)).toList());
  }

  private static Map<UpstreamName, Pinning> pinning(ServerConfig config) {
    return config.upstreams().stream()
        .collect(Collectors.toMap(UpstreamConfig::name, UpstreamConfig::pinning));
  }

  private static String randomHex(SecureRandom random, int bytes) {
    byte[] chosen = new byte[bytes];
    random.nextBytes(chosen);
    return HexFormat.of().formatHex(chosen);
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  public String url() {
    return publicListener.url();
  }

  public String adminUrl() {
    return adminListener.url();
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("a part did not close cleanly: {}", e.toString());
      }
    }
  }
}
