package dev.interceptor.server.dev;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.tlog.LogVerdict;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.guard.ExecutionReports;
import dev.interceptor.server.Wiring;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.audit.ArgumentTerms;
import dev.interceptor.server.audit.CheckpointKey;
import dev.interceptor.server.audit.CheckpointTerms;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.LogAudit;
import dev.interceptor.server.audit.ReceiptFile;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.demo.DemoToolServer;
import dev.interceptor.server.demo.JwksSource;
import dev.interceptor.server.embedded.EmbeddedServices;
import dev.interceptor.server.mcp.McpSettings;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.session.RedisSettings;
import dev.interceptor.server.signing.Ed25519Choice;
import dev.interceptor.server.signing.KeyDirectory;
import dev.interceptor.server.signing.KeySource;
import dev.interceptor.server.signing.LiveKeyRing;
import dev.interceptor.server.targets.ModelSettings;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The whole product and its surroundings in one process tree: embedded PostgreSQL and Redis, the
/// demo tool server, the interceptor. For development, demonstration and tests; nothing listens
/// beyond 127.0.0.1.
public final class DevStack implements AutoCloseable {
  static final CustomerId CUSTOMER = new CustomerId("demo");
  static final UpstreamName DEMO = new UpstreamName("demo");
  private static final String ISSUER = "sentinel-interceptor";
  private static final Ed25519Choice ED25519 = Ed25519Choice.AUTO;
  private static final Duration LIFETIME = Duration.ofSeconds(5);

  /// More than the product's default: a laptop that was asleep is no fault.
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Settings settings;
  private final EmbeddedServices services;
  private final DemoToolServer toolServer;
  private final DevKeys keys;
  private final ServerConfig config;
  private final Wiring wiring;

  /// @param state folder for data and keys, created if missing
  /// @param port public port, 0 for any free one
  /// @param upstreams real tool servers besides the demo one
  /// @param models what `/v1` offers
  /// @param patience for one answer of PostgreSQL or Redis, whole seconds; a call waits twice that
  public record Settings(
      Path state,
      int port,
      int adminPort,
      Path policy,
      List<UpstreamConfig> upstreams,
      ModelSettings models,
      Duration patience) {
    public Settings {
      upstreams = List.copyOf(upstreams);
    }

    /// As patient as [#PATIENCE].
    public Settings(
        Path state,
        int port,
        int adminPort,
        Path policy,
        List<UpstreamConfig> upstreams,
        ModelSettings models) {
      this(state, port, adminPort, policy, upstreams, models, PATIENCE);
    }

    /// Without models.
    public Settings(
        Path state, int port, int adminPort, Path policy, List<UpstreamConfig> upstreams) {
      this(state, port, adminPort, policy, upstreams, ModelSettings.NONE);
    }
  }

  /// Starts everything; if a part cannot start, those before it are stopped again.
  public static DevStack start(Settings settings) {
    return new DevStack(settings);
  }

  private DevStack(Settings settings) {
    this.settings = settings;
    try {
      services = keep(EmbeddedServices.start(settings.state()));
      Path signing = settings.state().resolve("signing-keys");
      KeyDirectory.ensure(signing);
      KeySource source = KeySource.directory(signing);
      LiveKeyRing published =
          keep(
              LiveKeyRing.start(
                  source, ED25519.select().provider(), LIFETIME, InstantSource.system()));
      toolServer =
          keep(
              DemoToolServer.start(
                  new DemoToolServer.Settings(
                      0,
                      ISSUER,
                      Optional.empty(),
                      new JwksSource.Given(() -> published.get().published()))));
      config = config(source);
      keys = DevKeys.prepare(config.database(), settings.state());
      wiring = keep(Wiring.start(config));
      toolServer.reportTo(keep(ExecutionReports.to(URI.create(wiring.url()), keys.server())));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private ServerConfig config(KeySource signing) {
    var upstreams = new ArrayList<UpstreamConfig>();
    upstreams.add(UpstreamConfig.of(DEMO, toolServer.url()));
    upstreams.addAll(settings.upstreams());
    Duration patience = settings.patience();
    Duration deadline = patience.multipliedBy(2);
    return new ServerConfig(
        new ServerConfig.Http("127.0.0.1", settings.port()),
        new ServerConfig.Http("127.0.0.1", settings.adminPort()),
        new ServerConfig.Limits(JsonLimits.DEFAULT, 512, deadline),
        services.database().withTimeout(patience),
        new RedisSettings(services.redisUri().toString(), patience, deadline, Duration.ofHours(1)),
        new ServerConfig.Token(ISSUER, LIFETIME, signing, ED25519),
        new PolicyOrigin.Files(settings.policy()),
        ApprovalTerms.DEFAULT,
        McpSettings.DEFAULT,
        settings.models(),
        new ServerConfig.Audit(ArgumentTerms.DEFAULT, checkpoints(), 0, true),
        upstreams);
  }

  private CheckpointTerms checkpoints() {
    var terms =
        new CheckpointTerms(
            settings.state().resolve("audit-checkpoints.pem"),
            CheckpointTerms.ORIGIN,
            CheckpointTerms.INTERVAL);
    CheckpointKey.ensure(terms);
    return terms;
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  public String url() {
    return wiring.url();
  }

  public String adminUrl() {
    return wiring.adminUrl();
  }

  public String toolServerUrl() {
    return toolServer.url().toString();
  }

  /// The demo agent's key.
  public String apiKey() {
    return keys.agent();
  }

  /// The demo operator's key.
  public String adminKey() {
    return keys.admin();
  }

  public boolean hasSeveralUpstreams() {
    return !settings.upstreams().isEmpty();
  }

  /// What the interceptor itself was started with, for another instance beside it.
  public ServerConfig config() {
    return config;
  }

  public EmbeddedServices services() {
    return services;
  }

  public DemoToolServer toolServer() {
    return toolServer;
  }

  /// Calls that the demo tool server executed.
  public long executedCalls() {
    return toolServer.executedDecisions().size();
  }

  /// Executed calls without a permit on record; anything but 0 is a fault.
  public long unrecordedCalls() {
    Set<String> executed = Set.copyOf(toolServer.executedDecisions());
    return executed.size()
        - DecisionLog.recordedPermits(Database.patient(config.database()), executed);
  }

  /// Verifies the whole audit log, as `audit verify` does.
  public LogVerdict auditLog() {
    return LogAudit.verify(Database.patient(config.database()), auditKeys(), List.of(), _ -> {});
  }

  /// Whether a receipt holds by the log's public key alone.
  boolean proves(String receipt) {
    return ReceiptFile.verify(receipt.getBytes(StandardCharsets.UTF_8), auditKeys()).isPresent();
  }

  private List<NoteKey> auditKeys() {
    return List.of(CheckpointKey.read(config.audit().checkpoints()).verifier());
  }

  /// Edits the log as somebody could who has the database: past its triggers.
  ///
  /// @return the outcome that was there
  String rewrite(String decisionId, String outcome) {
    String edit =
        """
        WITH before AS (
          SELECT idx, outcome FROM audit_log WHERE kind = 'decision' AND decision_id = ?::uuid)
        UPDATE audit_log l SET outcome = ? FROM before WHERE l.idx = before.idx
        RETURNING before.outcome
        """;
    try (Connection connection = Database.patient(config.database()).getConnection();
        Statement past = connection.createStatement();
        PreparedStatement update = connection.prepareStatement(edit)) {
      past.execute("SET session_replication_role = replica");
      update.setString(1, decisionId);
      update.setString(2, outcome);
      try (ResultSet row = update.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("the decision is not on record");
        }
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the row cannot be edited", e);
    }
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("a part did not stop", e);
      }
    }
  }
}
