package dev.interceptor.guard;

import static java.lang.System.Logger.Level.INFO;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.ExpectedCall;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.TokenRejection;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.token.VerificationKey;
import dev.interceptor.core.token.VerifiedToken;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.guard.Decision.Pass;
import dev.interceptor.guard.Decision.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Decides about each JSON-RPC message that an MCP server receives, before the server sees it.
///
/// *Guarantees*: a `tools/call` passes with a token for this server, this tool and exactly these
/// arguments, once; `resources/read`, `prompts/get` and `completion/complete` with one for the
/// method and exactly these parameters, once. Without a token pass requests that run nothing: the
/// handshake, lists, `subscriptions/listen`, `logging/setLevel` and `notifications/…`. Everything
/// else is refused: other methods, tools that are named like a method, answers to a server's own
/// requests and what could be taken for one, batches, text that two parsers could read differently,
/// and parameters of a call that no token covers. Of these, `_meta` alone is let through; a server
/// must not act on it. *Does not* know the tools: a name that the server does not have is the
/// server's to refuse. Thread-safe if the verifier is.
public final class ToolCallGuard {
  private static final System.Logger LOG = System.getLogger(ToolCallGuard.class.getName());
  private static final String DEFAULT_ISSUER = "sentinel-interceptor";
  private static final Duration DEFAULT_LEEWAY = Duration.ofSeconds(1);

  /// Arguments are as deep as the interceptor takes them, and lie two objects deep in a message.
  private static final JsonLimits DEFAULT_LIMITS =
      new JsonLimits(JsonLimits.DEFAULT.maxDepth() + 2, JsonLimits.DEFAULT.maxBytes());

  private static final String CALL = "tools/call";
  private static final String NOTIFICATION = "notifications/";
  private static final Set<String> RUNNING_NOTHING =
      Set.of(
          "initialize",
          "ping",
          "server/discover",
          "tools/list",
          "resources/list",
          "resources/templates/list",
          "prompts/list",
          "subscriptions/listen",
          "logging/setLevel");
  private static final Set<ProtocolMethod> BOUND =
      EnumSet.of(
          ProtocolMethod.RESOURCES_READ,
          ProtocolMethod.PROMPTS_GET,
          ProtocolMethod.COMPLETION_COMPLETE);
  private static final Set<String> REQUEST = Set.of("jsonrpc", "id", "method", "params");
  private static final Set<String> CALLING = Set.of("name", "arguments");
  private static final Set<String> BESIDES = Set.of("inputResponses", "requestState", "_meta");
  private static final String SCHEME = "Bearer ";

  private final Audience audience;
  private final TokenVerifier verifier;
  private final JsonLimits limits;
  private final Consumer<Refusal> refusals;

  /// @param audience the server's own URI, as tokens name it
  /// @param limits of a message
  /// @param refusals is told of every refusal, on the caller's thread
  public ToolCallGuard(
      Audience audience, TokenVerifier verifier, JsonLimits limits, Consumer<Refusal> refusals) {
    this.audience = audience;
    this.verifier = verifier;
    this.limits = limits;
    this.refusals = refusals;
  }

  /// A guard for tokens of the issuer `sentinel-interceptor`, a clock within 1 s of the issuer's
  /// and messages up to 2 MiB, which logs its refusals.
  ///
  /// @param keys the issuer's keys, usually [RemoteKeys]
  public static ToolCallGuard of(
      Audience audience, Function<String, Optional<VerificationKey>> keys, ReplayGuard replay) {
    var verifier =
        new TokenVerifier(DEFAULT_ISSUER, keys, DEFAULT_LEEWAY, InstantSource.system(), replay);
    return new ToolCallGuard(audience, verifier, DEFAULT_LIMITS, ToolCallGuard::log);
  }

  private static void log(Refusal refusal) {
    LOG.log(
        INFO,
        "refused {0}: {1}",
        refusal.tool().map(tool -> "a call of " + tool).orElse("a message"),
        refusal.reason());
  }

  /// The longest message that is read, in bytes.
  int maxBytes() {
    return limits.maxBytes();
  }

  /// Decides about a message of the method POST. A token that passes is used up.
  ///
  /// @param body as received
  /// @param authorization every value of the header, usually none or one
  public Decision decide(byte[] body, List<String> authorization) {
    Decision decision = decided(body, authorization);
    if (decision instanceof Refusal refusal) {
      refusals.accept(refusal);
    }
    return decision;
  }

  /// Reports a refusal that was found before there was a message.
  Refusal refuse(int status, String reason) {
    Refusal refusal = Refusal.of(status, reason);
    refusals.accept(refusal);
    return refusal;
  }

  private Decision decided(byte[] body, List<String> authorization) {
    JsonValue message;
    try {
      message = StrictJson.parse(body, limits);
    } catch (MalformedJsonException e) {
      return Refusal.of(400, "UNREADABLE_MESSAGE");
    }
    if (!(message instanceof JsonObject request)) {
      return Refusal.of(400, "NOT_ONE_MESSAGE");
    }
    if (request.member("method").isPresent() && !isRequest(request)) {
      return new Refusal(400, "NOT_A_REQUEST", Optional.empty(), id(request));
    }
    String method = text(request, "method");
    if (RUNNING_NOTHING.contains(method) || method.startsWith(NOTIFICATION)) {
      return new Pass(Optional.empty());
    }
    Optional<ProtocolMethod> bound =
        toolName(method).flatMap(ProtocolMethod::of).filter(BOUND::contains);
    if (!method.equals(CALL) && bound.isEmpty()) {
      return new Refusal(401, "METHOD_NEEDS_A_TOKEN", Optional.empty(), id(request));
    }
    if (!(request.members().get("params") instanceof JsonObject params)) {
      return new Refusal(400, "CALL_WITHOUT_PARAMETERS", Optional.empty(), id(request));
    }
    return bound.isPresent()
        ? verified(
            request, params, bound.get().toolName(), Arguments.of(steering(params)), authorization)
        : call(request, params, authorization);
  }

  /// Whether nobody could take it for an answer: some SDKs try one shape of message after the
  /// other.
  private static boolean isRequest(JsonObject message) {
    return REQUEST.containsAll(message.members().keySet())
        && message.member("params").map(JsonObject.class::isInstance).orElse(true);
  }

  private Decision call(JsonObject request, JsonObject params, List<String> authorization) {
    Optional<ToolName> tool = toolName(text(params, "name"));
    JsonValue sent = params.member("arguments").orElse(JsonNull.NULL);
    if (tool.isEmpty()
        || ProtocolMethod.of(tool.get()).isPresent()
        || !(sent instanceof JsonObject || sent instanceof JsonNull)) {
      return new Refusal(400, "NAME_OR_ARGUMENTS_NOT_VALID", tool, id(request));
    }
    if (!CALLING.containsAll(steering(params).members().keySet())) {
      return new Refusal(400, "PARAMETER_NOT_COVERED", tool, id(request));
    }
    Arguments arguments =
        sent instanceof JsonObject object ? Arguments.of(object) : Arguments.none();
    return verified(request, params, tool.get(), arguments, authorization);
  }

  private Decision verified(
      JsonObject request,
      JsonObject params,
      ToolName tool,
      Arguments arguments,
      List<String> authorization) {
    if (authorization.size() > 1) {
      return new Refusal(401, "SEVERAL_CREDENTIALS", Optional.of(tool), id(request));
    }
    ExpectedCall expected =
        new ExpectedCall(
            audience, tool, arguments.digest(), Continuation.of(params).map(Continuation::digest));
    return switch (verifier.verify(token(authorization), expected)) {
      case VerifiedToken verified -> new Pass(Optional.of(verified.claims()));
      case TokenRejection rejection ->
          new Refusal(401, rejection.reason().name(), Optional.of(tool), id(request));
    };
  }

  /// The parameters that are neither the continuation, which is bound by itself, nor `_meta`.
  private static JsonObject steering(JsonObject params) {
    var rest = new LinkedHashMap<>(params.members());
    rest.keySet().removeAll(BESIDES);
    return new JsonObject(rest);
  }

  private static String text(JsonObject object, String name) {
    return object.members().get(name) instanceof JsonString(String value) ? value : "";
  }

  private static Optional<ToolName> toolName(String name) {
    try {
      return Optional.of(new ToolName(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The credentials of the one header, RFC 6750 §2.1; empty if they are of another scheme.
  private static String token(List<String> authorization) {
    String header = authorization.isEmpty() ? "" : authorization.getFirst();
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? header.substring(SCHEME.length()).strip()
        : "";
  }

  private static String id(JsonObject request) {
    JsonValue id = request.member("id").orElse(JsonNull.NULL);
    return id instanceof JsonString || id instanceof JsonNumber
        ? new String(CanonicalJson.bytes(id), StandardCharsets.UTF_8)
        : "null";
  }
}
