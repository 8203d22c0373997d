package dev.interceptor.server.chat;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.chat.ModelCallNote.Ending;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.OpenAiError;
import dev.interceptor.server.http.ClientWatch;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.session.SeenContext;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.sse.EventTooLongException;
import dev.interceptor.server.targets.Admission;
import dev.interceptor.server.targets.Dialect;
import dev.interceptor.server.targets.ModelAnswer;
import dev.interceptor.server.targets.ModelFault;
import dev.interceptor.server.targets.ModelLimits;
import dev.interceptor.server.targets.ModelList;
import dev.interceptor.server.targets.ModelRequest;
import dev.interceptor.server.targets.ModelServers;
import dev.interceptor.server.targets.Models;
import dev.interceptor.server.targets.Permit;
import dev.interceptor.server.targets.Target;
import dev.interceptor.server.upstream.TraceContext;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/v1` for OpenAI's clients, `/api/chat` and `/api/tags` for Ollama's. SPEC §8.
public final class ModelsEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelsEndpoint.class);

  private final RequestGate gate;
  private final Models models;
  private final ModelLimits limits;
  private final ModelServers servers;
  private final GuardSet guards;
  private final Intake intake;
  private final ToolNames names;
  private final EnforcementPoint enforcement;
  private final SeenContext seen;
  private final Discretion discretion;
  private final Consumer<LogEntry> log;
  private final JsonLimits json;
  private final InstantSource clock;
  private final Instant started;
  private final ClientWatch clients = ClientWatch.start();

  /// Where requests go and what looks at them.
  ///
  /// @param log keeps what became of each request
  /// @param json limits of a request's body
  public record Parts(
      RequestGate gate,
      Models models,
      ModelLimits limits,
      ModelServers servers,
      GuardSet guards,
      EnforcementPoint enforcement,
      ConversationTools tools,
      SeenContext seen,
      Discretion discretion,
      Consumer<LogEntry> log,
      JsonLimits json,
      InstantSource clock) {}

  public ModelsEndpoint(Parts parts) {
    this.gate = parts.gate();
    this.models = parts.models();
    this.limits = parts.limits();
    this.servers = parts.servers();
    this.guards = parts.guards();
    this.enforcement = parts.enforcement();
    this.names = new ToolNames(parts.tools().upstreams(), parts.tools().pins());
    this.intake = new Intake(parts.tools().policies(), parts.enforcement(), names, parts.json());
    this.seen = parts.seen();
    this.discretion = parts.discretion();
    this.log = parts.log();
    this.json = parts.json();
    this.clock = parts.clock();
    this.started = parts.clock().instant();
  }

  public void chat(Context context) {
    ask(context, Dialect.CHAT, "v1.chat");
  }

  public void completions(Context context) {
    ask(context, Dialect.COMPLETIONS, "v1.completions");
  }

  public void responses(Context context) {
    ask(context, Dialect.RESPONSES, "v1.responses");
  }

  public void embeddings(Context context) {
    ask(context, Dialect.EMBEDDINGS, "v1.embeddings");
  }

  public void ollamaChat(Context context) {
    ask(context, Dialect.OLLAMA_CHAT, "api.chat");
  }

  /// The aliases that the key may ask for.
  public void list(Context context) {
    listed(
        context,
        Dialect.CHAT,
        (aliases, exchange) -> exchange.json(200, ModelList.openAi(aliases, started)));
  }

  /// The same in Ollama's form.
  public void tags(Context context) {
    listed(
        context,
        Dialect.OLLAMA_CHAT,
        (aliases, exchange) -> exchange.json(200, ModelList.ollama(aliases, started)));
  }

  /// One alias; its name may have slashes.
  public void show(Context context) {
    String asked = context.pathParam("model");
    listed(
        context,
        Dialect.CHAT,
        (aliases, exchange) -> {
          if (!aliases.contains(asked)) {
            throw new RefusedRequestException("MODEL_NOT_FOUND", notFound(asked));
          }
          exchange.json(200, ModelList.openAi(asked, started));
        });
  }

  /// Anything else below `/v1` and `/api`.
  public void nothingHere(Context context) {
    Dialect dialect = context.path().startsWith("/api") ? Dialect.OLLAMA_CHAT : Dialect.CHAT;
    answered(
        new Exchange(context),
        dialect,
        Optional.empty(),
        () -> {
          throw InterceptorException.of(ErrorCode.NOT_FOUND, "no such route");
        });
  }

  private interface Listing {
    void answer(List<String> aliases, Exchange exchange);
  }

  private void listed(Context context, Dialect dialect, Listing listing) {
    var exchange = new Exchange(context);
    answered(
        exchange,
        dialect,
        Optional.empty(),
        () ->
            gate.admit(
                exchange, principal -> listing.answer(models.visibleTo(principal), exchange)));
  }

  private void ask(Context context, Dialect dialect, String entryPoint) {
    var exchange = new Exchange(context);
    var note =
        new ModelCallNote(
            exchange.requestId(),
            entryPoint,
            "POST",
            dialect.path(),
            exchange.peer(),
            clock.instant());
    try {
      answered(
          exchange,
          dialect,
          Optional.of(note),
          () ->
              gate.admit(
                  exchange,
                  json.maxBytes(),
                  (principal, body) -> ask(exchange, dialect, entryPoint, principal, body, note)));
    } finally {
      if (note.isKnown()) {
        log.accept(note.entry());
      }
    }
  }

  private void ask(
      Exchange exchange,
      Dialect dialect,
      String entryPoint,
      Principal principal,
      byte[] body,
      ModelCallNote note) {
    Optional<SessionId> session = session(exchange);
    note.who(principal, session);
    ModelCall request = parsed(dialect, body);
    Target target =
        models
            .find(request.model(), principal)
            .filter(found -> found.speaks(dialect))
            .orElseThrow(
                () -> new RefusedRequestException("MODEL_NOT_FOUND", notFound(request.model())));
    note.model(target.model().alias());
    ConfiguredGuards configured = guards.of(target.config());
    note.keepBodies(configured.bodies());
    var conversation =
        new Conversation(
            exchange.requestId(),
            entryPoint,
            principal,
            Optional.of(exchange.peer()),
            session,
            target);
    try (Permit _ = permitted(target, principal);
        ClientWatch.Watched watched = clients.watch(exchange)) {
      List<ToolResult> results = request.results();
      var memory =
          ConversationMemory.of(
              seen, SessionKey.of(principal, session), results, request.storedContext());
      Set<String> offered = intake.admit(request, conversation, memory, results, configured, note);
      var calls = new PolicyGate(conversation, offered, names, enforcement, json);
      send(exchange, request, dialect, conversation, configured, calls, memory, watched, note);
    }
  }

  private void send(
      Exchange exchange,
      ModelCall request,
      Dialect dialect,
      Conversation conversation,
      ConfiguredGuards configured,
      PolicyGate calls,
      ConversationMemory memory,
      ClientWatch.Watched watched,
      ModelCallNote note) {
    var delivery =
        new AnswerDelivery(
            dialect,
            conversation.target(),
            exchange.requestId(),
            configured.answers(),
            trust -> AnswerFilters.of(dialect, calls, configured, trust),
            filter -> memory.keep(calls.released(), filter.referable()),
            exchange.takeOver(),
            note);
    var outgoing =
        new ModelRequest(
            dialect,
            request.body(),
            request.isStreaming() ? ModelRequest.Delivery.STREAM : ModelRequest.Delivery.WHOLE,
            trace(exchange));
    note.requestBody(request.body());
    long asked = System.nanoTime();
    try {
      boolean _ =
          servers.ask(
              conversation.target(),
              outgoing,
              watched.departure()::onLeave,
              answer -> {
                note.provider(
                    answer.provider(),
                    answer.attempts(),
                    Duration.ofNanos(System.nanoTime() - asked));
                deliver(delivery, answer, request);
                return true;
              });
    } catch (ClientGoneException _) {
      note.ended(Ending.ABANDONED, 499);
    } catch (ModelFault e) {
      if (watched.departure().hasLeft()) {
        note.ended(Ending.ABANDONED, 499);
        return;
      }
      throw new ProviderFailedException(e);
    } catch (ModelProtocolException | EventTooLongException e) {
      throw InterceptorException.of(
          ErrorCode.UPSTREAM_PROTOCOL, "an answer cannot be used: " + e.getMessage());
    } catch (IOException e) {
      throw InterceptorException.of(ErrorCode.UPSTREAM_UNREACHABLE, "an exchange broke", e);
    }
  }

  private static Optional<TraceContext> trace(Exchange exchange) {
    List<String> parents = exchange.headers().all("traceparent");
    return parents.size() == 1 ? TraceContext.of(parents.getFirst()) : Optional.empty();
  }

  private static void deliver(AnswerDelivery delivery, ModelAnswer answer, ModelCall request)
      throws IOException {
    if (request.isStreaming()) {
      delivery.streamed(answer);
    } else {
      delivery.whole(answer);
    }
  }

  private Permit permitted(Target target, Principal principal) {
    return switch (limits.admit(target, principal)) {
      case Admission.Admitted(Permit permit) -> permit;
      case Admission.Refused refused ->
          throw new RefusedRequestException(refused.bound() + "_LIMITED", refused.error());
    };
  }

  private ModelCall parsed(Dialect dialect, byte[] body) {
    var read = RequestBody.read(body, json);
    return switch (dialect) {
      case CHAT -> new ChatRequest(read);
      case COMPLETIONS -> new CompletionsRequest(read);
      case RESPONSES -> new ResponsesRequest(read);
      case EMBEDDINGS -> new EmbeddingsRequest(read);
      case OLLAMA_CHAT -> new OllamaChatRequest(read);
    };
  }

  private Optional<SessionId> session(Exchange exchange) {
    Optional<SessionId> session = exchange.session();
    session.ifPresent(id -> discretion.requireNoCredential("header `X-Session-Id`", id.value()));
    return session;
  }

  private static OpenAiError notFound(String asked) {
    return OpenAiError.modelNotFound(
        asked.matches("[A-Za-z0-9._:/@-]{1,128}") ? asked : "(name not repeated)");
  }

  /// Failures before an answer has begun are answers in the form of the format.
  private static void answered(
      Exchange exchange, Dialect dialect, Optional<ModelCallNote> note, Runnable handling) {
    try {
      handling.run();
    } catch (RefusedRequestException e) {
      note.ifPresent(kept -> kept.ended(Ending.REFUSED, e.error().status(), e.reason()));
      refuse(exchange, dialect, e.error());
    } catch (ProviderFailedException e) {
      LOG.warn("request {}: {}", exchange.requestId(), e.getMessage());
      OpenAiError error = e.fault().error();
      note.ifPresent(kept -> kept.ended(Ending.FAILED, error.status(), e.fault().kind().name()));
      refuse(exchange, dialect, error);
    } catch (InterceptorException e) {
      OpenAiError error = OpenAiError.of(e);
      note.ifPresent(kept ->
          kept.ended(
              error.status() < 500 ? Ending.REFUSED : Ending.FAILED,
              error.status(),
              e.code().name()));
      if (error.status() >= 500) {
        LOG.warn("request {}: {} {}", exchange.requestId(), e.code(), e.getMessage());
      }
      refuse(exchange, dialect, error);
    } catch (RuntimeException e) {
      LOG.error("request {} failed", exchange.requestId(), e);
      note.ifPresent(kept -> kept.ended(Ending.FAILED, 500, ErrorCode.INTERNAL.name()));
      refuse(exchange, dialect, OpenAiError.of(ErrorCode.INTERNAL, ""));
    }
  }

  private static void refuse(Exchange exchange, Dialect dialect, OpenAiError error) {
    var response = exchange.takeOver();
    if (response.isCommitted()) {
      return;
    }
    try {
      response.resetBuffer();
      ClientErrors.write(response, exchange.requestId(), dialect, error);
    } catch (IOException e) {
      LOG.debug("a client has gone before its error: {}", e.toString());
    }
  }

  @Override
  public void close() {
    clients.close();
  }
}
