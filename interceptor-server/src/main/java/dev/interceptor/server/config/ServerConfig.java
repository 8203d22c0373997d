package dev.interceptor.server.config;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.audit.ArgumentTerms;
import dev.interceptor.server.audit.CheckpointTerms;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.database.DatabasePassword;
import dev.interceptor.server.mcp.McpSettings;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.session.RedisSettings;
import dev.interceptor.server.signing.Ed25519Choice;
import dev.interceptor.server.signing.KeySource;
import dev.interceptor.server.targets.ModelSettings;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.Target;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that `serve` needs to know, checked whole.
public record ServerConfig(
    Http http,
    Http admin,
    Limits limits,
    DatabaseConfig database,
    RedisSettings redis,
    Token token,
    PolicyOrigin policy,
    ApprovalTerms approvals,
    McpSettings mcp,
    ModelSettings models,
    Audit audit,
    List<UpstreamConfig> upstreams) {

  /// @param port 0 for any free one
  public record Http(String host, int port) {}

  /// @param underWay requests that may be under way at once
  public record Limits(JsonLimits json, int underWay, Duration deadline) {}

  /// @param recorded what of arguments may be in the log
  /// @param retentionMonths whole months that are kept besides the running one, 0 for all
  /// @param receipts whether agents get receipts of their decisions
  public record Audit(
      ArgumentTerms recorded, CheckpointTerms checkpoints, int retentionMonths, boolean receipts) {}

  /// @param keys where the signing keys are
  /// @param ed25519 who computes signatures
  public record Token(String issuer, Duration lifetime, KeySource keys, Ed25519Choice ed25519) {}

  /// Reads `file` if there is one, lets the environment override it, and checks the whole.
  ///
  /// @throws InvalidConfigException with every fault, never with a value
  public static ServerConfig load(ConfigFile file, Map<String, String> environment) {
    Configured configured = Configured.of(file, environment);
    Map<String, String> values = configured.values();
    return new ServerConfig(
        new Http(Settings.HTTP_HOST.in(values), Settings.HTTP_PORT.in(values)),
        new Http(Settings.ADMIN_HOST.in(values), Settings.ADMIN_PORT.in(values)),
        new Limits(
            new JsonLimits(Settings.MAX_DEPTH.in(values), Settings.MAX_BODY.in(values)),
            Settings.UNDER_WAY.in(values),
            Settings.DEADLINE.in(values)),
        database(values),
        new RedisSettings(
            Settings.REDIS_URL.in(values),
            Settings.REDIS_TIMEOUT.in(values),
            Settings.DEADLINE.in(values),
            Settings.SESSION_IDLE.in(values)),
        token(values),
        Configured.policy(values),
        approvals(values),
        mcp(values),
        models(values, environment),
        audit(values),
        configured.upstreams());
  }

  private static Token token(Map<String, String> values) {
    return new Token(
        Settings.TOKEN_ISSUER.in(values),
        Settings.TOKEN_LIFETIME.in(values),
        Settings.SIGNING_KEYS.in(values),
        Ed25519Choice.of(Settings.ED25519_PROVIDER.in(values)));
  }

  private static McpSettings mcp(Map<String, String> values) {
    return new McpSettings(
        Settings.MCP_HOSTS.in(values),
        Settings.MCP_ORIGINS.in(values),
        Settings.MCP_PUBLIC_URL.in(values),
        Settings.MCP_AUTHORIZATION_SERVERS.in(values));
  }

  private static ModelSettings models(Map<String, String> values, Map<String, String> environment) {
    return new ModelSettings(
        Settings.MODELS_FILE.in(values),
        new JsonLimits(Settings.MAX_DEPTH.in(values), Settings.MAX_MODEL_BODY.in(values)),
        Settings.MODELS_UNDER_WAY.in(values),
        environment);
  }

  private static Audit audit(Map<String, String> values) {
    return new Audit(
        new ArgumentTerms(
            ArgumentTerms.Detail.of(Settings.AUDIT_ARGUMENTS.in(values)),
            Settings.AUDIT_TOOLS.in(values)),
        checkpoints(values),
        Settings.AUDIT_RETENTION.in(values),
        Settings.AUDIT_RECEIPTS.in(values).equals(Settings.ON));
  }

  /// The part about the database, for commands that need no more; the other settings have to be
  /// known ones, but may be missing.
  ///
  /// @throws InvalidConfigException with every fault of that part, never with a value
  public static DatabaseConfig loadDatabase(ConfigFile file, Map<String, String> environment) {
    return database(Configured.part(file, environment, Settings.DATABASE));
  }

  /// As `loadDatabase`, for the part about approvals.
  ///
  /// @throws InvalidConfigException with every fault of that part, never with a value
  public static ApprovalTerms loadApprovals(ConfigFile file, Map<String, String> environment) {
    return approvals(
        Configured.part(
            file,
            environment,
            List.of(Settings.APPROVED_FOR, Settings.PENDING_FOR, Settings.MAX_PENDING)));
  }

  private static ApprovalTerms approvals(Map<String, String> values) {
    return new ApprovalTerms(
        Settings.APPROVED_FOR.in(values),
        Settings.PENDING_FOR.in(values),
        Settings.MAX_PENDING.in(values));
  }

  /// As `loadDatabase`, for how the tools of the configured upstreams come to be trusted.
  ///
  /// @throws InvalidConfigException with every fault of that part, never with a value
  public static Map<UpstreamName, Pinning> loadPinning(
      ConfigFile file, Map<String, String> environment) {
    return Configured.pinning(file, environment);
  }

  /// As `loadDatabase`, for where the signing keys are.
  public static KeySource loadSigningKeys(ConfigFile file, Map<String, String> environment) {
    return Settings.SIGNING_KEYS.in(
        Configured.part(file, environment, List.of(Settings.SIGNING_KEYS)));
  }

  /// As `loadDatabase`, for how the log's checkpoints are signed.
  public static CheckpointTerms loadCheckpoints(ConfigFile file, Map<String, String> environment) {
    return checkpoints(
        Configured.part(
            file,
            environment,
            List.of(Settings.CHECKPOINT_KEY, Settings.AUDIT_ORIGIN, Settings.CHECKPOINT_INTERVAL)));
  }

  private static CheckpointTerms checkpoints(Map<String, String> values) {
    return new CheckpointTerms(
        Settings.CHECKPOINT_KEY.in(values),
        Settings.AUDIT_ORIGIN.in(values),
        Settings.CHECKPOINT_INTERVAL.in(values));
  }

  /// The log's name alone.
  public static String loadAuditOrigin(ConfigFile file, Map<String, String> environment) {
    return Settings.AUDIT_ORIGIN.in(
        Configured.part(file, environment, List.of(Settings.AUDIT_ORIGIN)));
  }

  /// As `loadDatabase`, for how long tokens are good.
  public static Duration loadTokenLifetime(ConfigFile file, Map<String, String> environment) {
    return Settings.TOKEN_LIFETIME.in(
        Configured.part(file, environment, List.of(Settings.TOKEN_LIFETIME)));
  }

  /// How long a session lives without a call, for commands that look at sessions on record.
  public static Duration loadSessionIdle(ConfigFile file, Map<String, String> environment) {
    return Settings.SESSION_IDLE.in(
        Configured.part(file, environment, List.of(Settings.SESSION_IDLE)));
  }

  private static DatabaseConfig database(Map<String, String> values) {
    return new DatabaseConfig(
        Settings.DATABASE_URL.in(values),
        Settings.DATABASE_USER.in(values),
        new DatabasePassword(Settings.DATABASE_PASSWORD.in(values)),
        Settings.DATABASE_POOL.in(values),
        Settings.DATABASE_TIMEOUT.in(values));
  }

  /// An upstream from its address alone, everything else by default.
  public static UpstreamConfig upstream(String name, URI url) {
    return UpstreamConfig.of(new UpstreamName(name), url);
  }

  /// An upstream from its command alone, everything else by default.
  ///
  /// @param environment whose PATH and HOME the command gets
  public static UpstreamConfig upstream(
      String name, List<String> command, Map<String, String> environment) {
    Map<String, String> inherited = UpstreamSettings.in(environment).inherited();
    return UpstreamConfig.of(
        new UpstreamName(name), new Target.Command(command, inherited, Optional.empty()));
  }
}
