package dev.interceptor.server.chat;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.chat.ModelCallNote.Ending;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.ClientWatch;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.session.SeenContext;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.sse.EventTooLongException;
import dev.interceptor.server.targets.Admission;
import dev.interceptor.server.targets.Dialect;
import dev.interceptor.server.targets.ModelAnswer;
import dev.interceptor.server.targets.ModelFault;
import dev.interceptor.server.targets.ModelLimits;
import dev.interceptor.server.targets.ModelRequest;
import dev.interceptor.server.targets.ModelServers;
import dev.interceptor.server.targets.Models;
import dev.interceptor.server.targets.Permit;
import dev.interceptor.server.targets.Target;
import dev.interceptor.server.upstream.TraceContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Requests to models, each from the reading of its body to its answer.
final class ModelRequests implements AutoCloseable {
  private final Models models;
  private final ModelLimits limits;
  private final ModelServers servers;
  private final GuardSet guards;
  private final Intake intake;
  private final ToolNames names;
  private final EnforcementPoint enforcement;
  private final SeenContext seen;
  private final Discretion discretion;
  private final JsonLimits json;
  private final ClientWatch clients = ClientWatch.start();

  ModelRequests(ModelsEndpoint.Parts parts) {
    this.models = parts.models();
    this.limits = parts.limits();
    this.servers = parts.servers();
    this.guards = parts.guards();
    this.enforcement = parts.enforcement();
    this.names = new ToolNames(parts.tools().upstreams(), parts.tools().pins());
    this.intake = new Intake(parts.tools().policies(), parts.enforcement(), names, parts.json());
    this.seen = parts.seen();
    this.discretion = parts.discretion();
    this.json = parts.json();
  }

  /// A request as its route takes it.
  ///
  /// @param entryPoint names the route in the log, such as `v1.chat`
  /// @param note learns what becomes of it
  record Incoming(Exchange exchange, Dialect dialect, String entryPoint, ModelCallNote note) {}

  /// @throws RefusedRequestException if a limit, a guard or the policy stands against it
  /// @throws ProviderFailedException if nobody answered and nothing has left
  /// @throws InterceptorException if it could not be looked at or answered
  void answer(Incoming incoming, Principal principal, byte[] body) {
    Exchange exchange = incoming.exchange();
    ModelCallNote note = incoming.note();
    Optional<SessionId> session = session(exchange);
    note.who(principal, session);
    ModelCall request = parsed(incoming.dialect(), body);
    Target target = target(request, incoming.dialect(), principal);
    note.model(target.model().alias());
    ConfiguredGuards configured = guards.of(target.config());
    note.keepBodies(configured.bodies());
    var conversation =
        new Conversation(
            exchange.requestId(),
            incoming.entryPoint(),
            principal,
            Optional.of(exchange.peer()),
            session,
            target);
    try (Permit _ = permitted(target, principal);
        ClientWatch.Watched watched = clients.watch(exchange)) {
      AnswerDelivery delivery = admitted(incoming, request, conversation, configured);
      send(incoming, request, target, delivery, watched);
    }
  }

  private Target target(ModelCall request, Dialect dialect, Principal principal) {
    return models
        .find(request.model(), principal)
        .filter(found -> found.speaks(dialect))
        .orElseThrow(() -> RefusedRequestException.modelNotFound(request.model()));
  }

  /// Changes the request to what may be sent.
  ///
  /// @return for the answer to it
  private AnswerDelivery admitted(
      Incoming incoming,
      ModelCall request,
      Conversation conversation,
      ConfiguredGuards configured) {
    Exchange exchange = incoming.exchange();
    Dialect dialect = incoming.dialect();
    List<ToolResult> results = request.results();
    var memory =
        ConversationMemory.of(
            seen,
            SessionKey.of(conversation.principal(), conversation.session()),
            results,
            request.storedContext());
    Set<String> offered =
        intake.admit(request, conversation, memory, results, configured, incoming.note());
    var calls = new PolicyGate(conversation, offered, names, enforcement, json);
    return new AnswerDelivery(
        dialect,
        conversation.target(),
        exchange.requestId(),
        configured.answers(),
        trust -> AnswerFilters.of(dialect, calls, configured, trust),
        filter -> memory.keep(calls.released(), filter.referable()),
        exchange.takeOver(),
        incoming.note());
  }

  private void send(
      Incoming incoming,
      ModelCall request,
      Target target,
      AnswerDelivery delivery,
      ClientWatch.Watched watched) {
    ModelCallNote note = incoming.note();
    var outgoing =
        new ModelRequest(
            incoming.dialect(),
            request.body(),
            request.isStreaming() ? ModelRequest.Delivery.STREAM : ModelRequest.Delivery.WHOLE,
            trace(incoming.exchange()));
    note.requestBody(request.body());
    long asked = System.nanoTime();
    try {
      boolean _ =
          servers.ask(
              target,
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

  @Override
  public void close() {
    clients.close();
  }
}
