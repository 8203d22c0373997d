package dev.interceptor.server.chat;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.chat.ModelCallNote.Ending;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.OpenAiError;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.session.SeenContext;
import dev.interceptor.server.targets.Dialect;
import dev.interceptor.server.targets.ModelLimits;
import dev.interceptor.server.targets.ModelList;
import dev.interceptor.server.targets.ModelServers;
import dev.interceptor.server.targets.Models;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/v1` for OpenAI's clients, `/api/chat` and `/api/tags` for Ollama's. SPEC §8.
public final class ModelsEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelsEndpoint.class);

  private final RequestGate gate;
  private final Models models;
  private final ModelRequests requests;
  private final Consumer<LogEntry> log;
  private final JsonLimits json;
  private final InstantSource clock;
  private final Instant started;

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
    this.requests = new ModelRequests(parts);
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
            throw RefusedRequestException.modelNotFound(asked);
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
    var incoming = new ModelRequests.Incoming(exchange, dialect, entryPoint, note);
    try {
      answered(
          exchange,
          dialect,
          Optional.of(note),
          () ->
              gate.admit(
                  exchange,
                  json.maxBytes(),
                  (principal, body) -> requests.answer(incoming, principal, body)));
    } finally {
      if (note.isKnown()) {
        log.accept(note.entry());
      }
    }
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
    requests.close();
  }
}
