package dev.interceptor.server.config;

import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.audit.ArgumentTerms;
import dev.interceptor.server.audit.CheckpointTerms;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.mcp.Authority;
import dev.interceptor.server.mcp.McpSettings;
import dev.interceptor.server.mcp.WebOrigin;
import dev.interceptor.server.signing.Ed25519Choice;
import dev.interceptor.server.signing.KeySource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Every setting of `serve` but the upstreams': its name, its default, its bounds and what it
/// means.
final class Settings {
  static final String ON = "on";

  private Settings() {}

  static final Setting<String> HTTP_HOST =
      Setting.text("http.host", "127.0.0.1", "address of the public listener");
  static final Setting<Integer> HTTP_PORT =
      Setting.integer("http.port", 8080, 0, 65535, "port of the public listener, 0 for any");
  static final Setting<String> ADMIN_HOST =
      Setting.text("admin.host", "127.0.0.1", "address of the admin listener");
  static final Setting<Integer> ADMIN_PORT =
      Setting.integer("admin.port", 9090, 0, 65535, "port of the admin listener, 0 for any");
  static final Setting<Integer> MAX_BODY =
      Setting.integer("limits.max-body-bytes", 2097152, 1024, 67108864, "longest request body");
  static final Setting<Integer> MAX_DEPTH =
      Setting.integer("limits.max-json-depth", 64, 1, 512, "deepest nesting of a request body");
  static final Setting<Integer> UNDER_WAY =
      Setting.integer(
          "limits.max-under-way",
          512,
          1,
          100000,
          "requests under way at once; one key has at most three quarters of them");
  static final Setting<Duration> DEADLINE =
      Setting.duration(
          "limits.state-deadline",
          "2s",
          Duration.ofMillis(100),
          Duration.ofSeconds(10),
          "longest wait for PostgreSQL or Redis in a call");
  static final Setting<String> DATABASE_URL =
      Setting.required("database.url", "jdbc:postgresql://host:port/name", "the database");
  static final Setting<String> DATABASE_USER =
      Setting.required("database.user", "a role's name", "its role");
  static final Setting<String> DATABASE_PASSWORD =
      Setting.required("database.password", "the role's password", "the role's password");
  static final Setting<Integer> DATABASE_POOL =
      Setting.integer("database.pool-size", 8, 2, 200, "connections to PostgreSQL");
  static final Setting<Duration> DATABASE_TIMEOUT =
      Setting.seconds(
          "database.timeout",
          "1s",
          DatabaseConfig.TIMEOUT,
          DatabaseConfig.LONGEST_TIMEOUT,
          "longest wait for the answer to one statement");
  static final Setting<String> REDIS_URL =
      Setting.required("redis.url", "redis://:password@host:port", "Redis; rediss:// for TLS");
  static final Setting<Duration> REDIS_TIMEOUT =
      Setting.duration(
          "redis.timeout",
          "1s",
          Duration.ofMillis(50),
          Duration.ofSeconds(5),
          "longest wait for one Redis command");
  static final Setting<Duration> SESSION_IDLE =
      Setting.duration(
          "session.idle",
          "1h",
          Duration.ofSeconds(1),
          Duration.ofDays(7),
          "a session ends after this long without a call");
  static final Setting<String> TOKEN_ISSUER =
      Setting.text("token.issuer", "sentinel-interceptor", "the tokens' `iss`");
  static final Setting<Duration> TOKEN_LIFETIME =
      Setting.duration(
          "token.lifetime",
          "5s",
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          "how long a token is good");
  static final Setting<String> ED25519_PROVIDER =
      Setting.choice(
          "token.ed25519-provider",
          "auto",
          Ed25519Choice.words(),
          "who computes signatures; `auto` is `corretto` where that works");
  static final Setting<KeySource> SIGNING_KEYS =
      Setting.required(
          "token.signing-keys",
          "a directory, or PEM files separated by commas",
          "the newest key of a directory signs, or the first of the files",
          KeySource::parse);
  static final Setting<String> POLICY_SOURCE =
      Setting.choice(
          "policy.source",
          "",
          List.of("", "database", "file"),
          "where policies are; by default `file` if `policy.file` is set, else `database`");
  static final Setting<String> POLICY_FILE =
      Setting.optional(
          "policy.file",
          "a YAML file or a folder",
          "the policies in force, with `policy.source: file`");
  static final Setting<Duration> APPROVED_FOR =
      Setting.duration(
          "approvals.valid-for",
          "10m",
          Duration.ofSeconds(1),
          ApprovalTerms.LONGEST,
          "how long an approval can be used, unless the approver says otherwise");
  static final Setting<Duration> PENDING_FOR =
      Setting.duration(
          "approvals.pending-for",
          "1h",
          Duration.ofSeconds(1),
          Duration.ofDays(7),
          "how long a request for approval waits for a person");
  static final Setting<Integer> MAX_PENDING =
      Setting.integer(
          "approvals.max-pending", 100, 1, 10000, "requests of a customer that wait at once");
  static final Setting<String> AUDIT_ARGUMENTS =
      Setting.choice(
          "audit.arguments",
          ArgumentTerms.DEFAULT.otherwise().word(),
          ArgumentTerms.Detail.words(),
          "what the audit log holds of arguments besides their digest: what the policy looks at, or"
              + " all, or all with personal data; never credentials");
  static final Setting<Path> CHECKPOINT_KEY =
      Setting.required(
          "audit.checkpoint-key",
          "a PEM file, see `./interceptor audit key`",
          "the key that signs the audit log's checkpoints",
          CheckpointTerms::keyFile);
  static final Setting<String> AUDIT_ORIGIN =
      Setting.text(
          "audit.origin",
          CheckpointTerms.ORIGIN,
          "a name without spaces and `+`",
          "the log's name in its checkpoints",
          CheckpointTerms::requireOrigin);
  static final Setting<Duration> CHECKPOINT_INTERVAL =
      Setting.duration(
          "audit.checkpoint-interval",
          "10s",
          Duration.ofMillis(100),
          Duration.ofHours(1),
          "how often a checkpoint is signed while the log grows");
  static final Setting<Integer> AUDIT_RETENTION =
      Setting.integer(
          "audit.retention-months",
          0,
          0,
          1200,
          "whole months of the log that are kept besides the running one, 0 for all");
  static final Setting<String> AUDIT_RECEIPTS =
      Setting.choice(
          "audit.receipts",
          "off",
          List.of("off", ON),
          "whether an agent gets a provable copy of its decisions, with rules, tags and policy"
              + " digest");
  static final Setting<Map<String, ArgumentTerms.Detail>> AUDIT_TOOLS =
      Setting.optional(
          "audit.tools",
          "a map, `{send_email: full, mail__read_mail: redacted}`; in the variable"
              + " `send_email=full,mail__read_mail=redacted`",
          "the same for single tools, by bare or qualified name",
          ArgumentTerms::parseTools);
  static final Setting<Set<Authority>> MCP_HOSTS =
      Setting.optional(
          "mcp.allowed-hosts",
          "host or host:port, several separated by commas",
          "`Host` headers that `/mcp` accepts besides loopback, `http.host` and the public URL's",
          McpSettings::hosts);
  static final Setting<Set<WebOrigin>> MCP_ORIGINS =
      Setting.optional(
          "mcp.allowed-origins",
          "https://host or https://host:port, several separated by commas",
          "web pages that may call `/mcp` besides those of loopback",
          McpSettings::origins);
  static final Setting<Optional<WebOrigin>> MCP_PUBLIC_URL =
      Setting.optional(
          "mcp.public-url",
          "https://host or https://host:port",
          "what clients write before `/mcp`; by default what their `Host` header says",
          McpSettings::publicUrl);
  static final Setting<List<URI>> MCP_AUTHORIZATION_SERVERS =
      Setting.optional(
          "mcp.authorization-servers",
          "https URLs separated by commas",
          "who issues keys to MCP clients, for `/.well-known/oauth-protected-resource`",
          McpSettings::authorizationServers);

  static final Setting<Optional<Path>> MODELS_FILE =
      Setting.optional(
          "models.file",
          "a YAML file, see docs/models.md",
          "the models that `/v1` offers; without it there are none",
          text -> text.isBlank() ? Optional.empty() : Optional.of(Path.of(text)));
  static final Setting<Integer> MAX_MODEL_BODY =
      Setting.integer(
          "models.max-body-bytes", 10485760, 1024, 67108864, "longest request body on `/v1`");
  static final Setting<Integer> MODELS_UNDER_WAY =
      Setting.integer(
          "models.max-under-way",
          2048,
          1,
          100000,
          "requests to models under way at once; one key has at most three quarters of them");

  static final List<Setting<?>> ALL =
      List.of(
          HTTP_HOST,
          HTTP_PORT,
          ADMIN_HOST,
          ADMIN_PORT,
          MAX_BODY,
          MAX_DEPTH,
          UNDER_WAY,
          DEADLINE,
          DATABASE_URL,
          DATABASE_USER,
          DATABASE_PASSWORD,
          DATABASE_POOL,
          DATABASE_TIMEOUT,
          REDIS_URL,
          REDIS_TIMEOUT,
          SESSION_IDLE,
          TOKEN_ISSUER,
          TOKEN_LIFETIME,
          ED25519_PROVIDER,
          SIGNING_KEYS,
          POLICY_SOURCE,
          POLICY_FILE,
          APPROVED_FOR,
          PENDING_FOR,
          MAX_PENDING,
          AUDIT_ARGUMENTS,
          AUDIT_TOOLS,
          CHECKPOINT_KEY,
          AUDIT_ORIGIN,
          CHECKPOINT_INTERVAL,
          AUDIT_RETENTION,
          AUDIT_RECEIPTS,
          MCP_HOSTS,
          MCP_ORIGINS,
          MCP_PUBLIC_URL,
          MCP_AUTHORIZATION_SERVERS,
          MODELS_FILE,
          MAX_MODEL_BODY,
          MODELS_UNDER_WAY);

  /// What makes up the part about the database.
  static final List<Setting<?>> DATABASE =
      List.of(DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD, DATABASE_POOL, DATABASE_TIMEOUT);
}
