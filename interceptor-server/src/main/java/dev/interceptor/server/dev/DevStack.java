package dev.interceptor.server.dev;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.Wiring;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.audit.DecisionLog;
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
import dev.interceptor.server.upstream.UpstreamConfig;
import java.nio.file.Path;
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
  public record Settings(
      Path state, int port, int adminPort, Path policy, List<UpstreamConfig> upstreams) {
    public Settings {
      upstreams = List.copyOf(upstreams);
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
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private ServerConfig config(KeySource signing) {
    var upstreams = new ArrayList<UpstreamConfig>();
    upstreams.add(UpstreamConfig.of(DEMO, toolServer.url()));
    upstreams.addAll(settings.upstreams());
    Duration deadline = Duration.ofSeconds(2);
    return new ServerConfig(
        new ServerConfig.Http("127.0.0.1", settings.port()),
        new ServerConfig.Http("127.0.0.1", settings.adminPort()),
        new ServerConfig.Limits(JsonLimits.DEFAULT, 512, deadline),
        services.database(),
        new RedisSettings(
            services.redisUri().toString(), Duration.ofSeconds(1), deadline, Duration.ofHours(1)),
        new ServerConfig.Token(ISSUER, LIFETIME, signing, ED25519),
        new PolicyOrigin.Files(settings.policy()),
        ApprovalTerms.DEFAULT,
        McpSettings.DEFAULT,
        upstreams);
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
