package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.TokenClaims;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.token.VerificationKey;
import dev.interceptor.guard.ExecutionReports;
import dev.interceptor.guard.RemoteKeys;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A real MCP server with the thirteen tools of an invented company, on 127.0.0.1, for both eras of
/// the protocol (SPEC §12).
///
/// *Guarantees*: no tool runs without a token that `TokenVerifier` accepts for exactly this call; a
/// refusal is 401 with the reason's name in the JSON-RPC error's `data.reason`; `GET /journal`
/// lists what was executed. *Does not* decide whether a call is wise.
public final class DemoToolServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int MAX_BODY = 2 * 1024 * 1024;
  private static final int REMEMBERED_TOKENS = 200_000;
  private static final Duration LEEWAY = Duration.ZERO;

  private final Settings settings;
  private final InstantSource clock;
  private final Journal journal = new Journal();
  private final DemoTools tools = DemoTools.create();
  private final Function<String, Optional<VerificationKey>> keys;
  private final Optional<RemoteKeys> remote;
  private final Javalin javalin;
  private volatile @Nullable DemoEndpoint endpoint;
  private volatile @Nullable ExecutionReports reports;

  /// What the server needs to know.
  ///
  /// @param port 0 for any free one
  /// @param issuer the only `iss` it accepts
  /// @param audience its name in tokens; empty for its own URL
  public record Settings(int port, String issuer, Optional<Audience> audience, JwksSource keys) {}

  private DemoToolServer(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.remote =
        settings.keys() instanceof JwksSource.Remote(URI url)
            ? Optional.of(RemoteKeys.at(url, Ed25519Provider.bouncyCastle(), clock))
            : Optional.empty();
    this.keys =
        switch (settings.keys()) {
          case JwksSource.Given(var given) -> kid -> given.get().find(kid);
          case JwksSource.Remote _ -> kid -> remote.flatMap(fetched -> fetched.apply(kid));
        };
    this.javalin = Javalin.create(this::configure);
  }

  /// Starts a server; it accepts connections when this returns.
  public static DemoToolServer start(Settings settings) {
    return start(settings, InstantSource.system());
  }

  /// The same with another clock for tokens.
  public static DemoToolServer start(Settings settings, InstantSource clock) {
    DemoToolServer server = new DemoToolServer(settings, clock);
    server.javalin.start(HOST, settings.port());
    server.endpoint = server.createEndpoint();
    return server;
  }

  static ObjectNode identity() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", "sentinel-demo")
        .put("version", "0.1.0");
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.maxRequestSize = MAX_BODY;
    config.routes.post("/mcp", context -> endpoint().post(context));
    config.routes.delete("/mcp", context -> endpoint().delete(context));
    config.routes.get("/mcp", context -> endpoint().refuseOtherMethods(context));
    config.routes.get(
        "/journal",
        context ->
            context
                .contentType("application/json")
                .header("X-Journal-Total", Long.toString(journal.total()))
                .result(journal.toJson().toString().getBytes(StandardCharsets.UTF_8)));
  }

  private DemoEndpoint createEndpoint() {
    // Like its journal, what this server did begins with the second in which it was started.
    Instant since = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    ReplayGuard guard = ReplayGuard.inMemory(REMEMBERED_TOKENS, since, clock);
    TokenVerifier verifier = new TokenVerifier(settings.issuer(), keys, LEEWAY, clock, guard);
    ToolExecution execution =
        new ToolExecution(verifier, audience(), tools, journal, this::report, clock);
    return new DemoEndpoint(new ModernFace(execution, tools), new LegacyFace(execution, tools));
  }

  private DemoEndpoint endpoint() {
    DemoEndpoint started = endpoint;
    if (started == null) {
      throw new IllegalStateException("the server is starting");
    }
    return started;
  }

  /// Reports from now on what it executes, with the digest of what it answers.
  public void reportTo(ExecutionReports reports) {
    this.reports = reports;
  }

  private void report(TokenClaims claims, ExecutionReports.Status status, String answer) {
    ExecutionReports known = reports;
    if (known != null) {
      var digest = Sha256.of(answer.getBytes(StandardCharsets.UTF_8));
      var _ = known.report(claims, status, Optional.of(digest));
    }
  }

  /// The MCP endpoint.
  public URI url() {
    return URI.create("http://" + HOST + ":" + javalin.port() + "/mcp");
  }

  /// The `aud` it expects.
  public Audience audience() {
    return settings.audience().orElseGet(() -> Audience.of(url()));
  }

  /// The decision id of every call in the journal, as the tokens carried it.
  public List<String> executedDecisions() {
    return journal.decisions();
  }

  @Override
  public void close() {
    javalin.stop();
    remote.ifPresent(RemoteKeys::close);
  }
}
