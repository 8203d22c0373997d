package dev.interceptor.server.mcp;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.background.Sweeper;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Departure;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.session.RedisSettings;
import dev.interceptor.server.upstream.ArgumentMirrors;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.ToolServers;
import io.javalin.http.Context;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Consumer;

/// `/mcp` and `/mcp/{upstream}`: MCP's Streamable HTTP for clients of both eras. SPEC §7.
public final class McpEndpoint implements AutoCloseable {
  private final ProtectedResource resource;
  private final RequestGate gate;
  private final Clients clients;
  private final ToolMirrors mirrors;
  private final JsonLimits limits;
  private final ClientSessions sessions;
  private final Streams streams;
  private final Sweeper<ReplyStream> keepAlives = ReplyStream.keepAlives();
  private final ModernFace modern;
  private final LegacySessions legacySessions;
  private final LegacyFace legacy;

  /// @param redis where legacy sessions are kept
  /// @param random chooses their ids
  /// @param streams most streams for news that may be open at once
  public McpEndpoint(
      ProtectedResource resource,
      RequestGate gate,
      EnforcementPoint enforcement,
      PolicyStore policies,
      ToolServers upstreams,
      PinnedTools pins,
      RedisSettings redis,
      SecureRandom random,
      JsonLimits limits,
      int streams) {
    this.resource = resource;
    this.gate = gate;
    this.clients = new Clients(upstreams);
    this.mirrors = new ToolMirrors(pins);
    this.limits = limits;
    this.sessions = ClientSessions.redis(redis, random);
    this.streams = new Streams(streams);
    Desk desk = new Desk(enforcement, new Catalogue(policies, pins));
    UnderWay underWay = new UnderWay();
    this.modern = new ModernFace(desk, this.streams);
    this.legacySessions = new LegacySessions(sessions);
    this.legacy = new LegacyFace(desk, sessions, underWay, this.streams);
    sessions.listen((session, message) -> Relayed.take(underWay, session, message));
  }

  public void post(Context context) {
    answered(
        context,
        exchange ->
            gate.admit(
                exchange,
                limits.maxBytes(),
                (principal, body) -> post(context, exchange, principal, body)));
  }

  private void post(Context context, Exchange exchange, Principal principal, byte[] body) {
    try {
      MediaTypes.requirePost(exchange.headers());
      Client client = clients.of(context, exchange, principal);
      ClientMessage message = ClientMessage.parse(body, limits);
      answer(message, client, exchange);
    } catch (RefusedMessage refused) {
      refuse(exchange, refused);
    }
  }

  /// Where a message ends that could not be taken is in doubt, and so is what follows it on the
  /// connection: the connection ends with the answer.
  private static void refuse(Exchange exchange, RefusedMessage refused) {
    exchange.header("Connection", "close");
    exchange.json(refused.error().status(), refused.body());
  }

  /// A failure while the request is looked at is answered under its id, like one after that.
  private void answer(ClientMessage message, Client client, Exchange exchange)
      throws RefusedMessage {
    try {
      switch (Inbound.of(message, exchange.headers(), served(client.view()))) {
        case Inbound.Modern(ModernRequest request) ->
            replied(exchange, message, client, stream -> modern.answer(request, client, stream));
        case Inbound.ModernNotification _ -> exchange.takeOver().setStatus(202);
        case Inbound.Legacy(ClientMessage legacys, LegacyHeaders headers) ->
            answerLegacy(legacys, headers, client, exchange);
      }
    } catch (InterceptorException e) {
      throw to(message, RefusedMessage.of(Desk.error(e, client.requestId())));
    }
  }

  /// The session is found before the answer can begin: its id and an unknown one show in the head
  /// of the answer.
  private void answerLegacy(
      ClientMessage message, LegacyHeaders headers, Client client, Exchange exchange)
      throws RefusedMessage {
    if (message instanceof ClientMessage.Request request && LegacySessions.isInitialize(request)) {
      ClientSession session = legacySessions.initialized(request, client);
      exchange.header(LegacyHeaders.SESSION, session.id());
      exchange.json(200, LegacySessions.welcome(session, client).to(request.id()));
      return;
    }
    ClientSession session = legacySessions.find(headers, client);
    if (legacy.takesSilently(message, session)) {
      exchange.takeOver().setStatus(202);
      return;
    }
    replied(exchange, message, client, stream -> legacy.answer(message, session, client, stream));
  }

  /// Once the answer has begun its stream is the only way to say that something went wrong.
  private void replied(
      Exchange exchange, ClientMessage message, Client client, Answering answering) {
    try (ReplyStream stream = reply(exchange)) {
      RefusedMessage failed;
      try {
        answering.on(stream);
        return;
      } catch (RefusedMessage refused) {
        failed = to(message, refused);
      } catch (RuntimeException e) {
        failed = to(message, RefusedMessage.of(Desk.error(e, client.requestId())));
      }
      stream.finish(failed.error().status(), Optional.of(failed.body()));
    }
  }

  private interface Answering {
    void on(ReplyStream stream) throws RefusedMessage;
  }

  private static RefusedMessage to(ClientMessage message, RefusedMessage refused) {
    return message instanceof ClientMessage.Request request ? refused.to(request.id()) : refused;
  }

  private ReplyStream reply(Exchange exchange) {
    return new ReplyStream(exchange.takeOver(), exchange.requestId(), keepAlives);
  }

  private Served served(View view) {
    return new Served() {
      @Override
      public boolean method(String name) {
        return ModernFace.serves(name, view);
      }

      @Override
      public ArgumentMirrors mirrors(String tool) {
        return mirrors.of(view, tool);
      }
    };
  }

  /// The stream of news of a legacy session.
  public void get(Context context) {
    answered(
        context,
        exchange ->
            gate.admit(
                exchange,
                principal ->
                    inSession(
                        context,
                        exchange,
                        principal,
                        (session, client) -> listen(session, client, exchange))));
  }

  private void listen(ClientSession session, Client client, Exchange exchange)
      throws RefusedMessage {
    MediaTypes.requireEventStream(exchange.headers());
    if (!client.view().exposes(Feature.SUBSCRIPTIONS)) {
      exchange.header("Allow", "POST, DELETE");
      throw RefusedMessage.of(RpcError.invalidRequest(405, "there are no news to listen to"));
    }
    try (ReplyStream stream = reply(exchange)) {
      stream.open();
      Departure departure = new Departure();
      streams.hold(
          client.principal().key(),
          stream,
          departure,
          () -> legacy.news(session, client, stream, departure));
      stream.finish(200, Optional.empty());
    }
  }

  /// The end of a legacy session.
  public void delete(Context context) {
    answered(
        context,
        exchange ->
            gate.admit(
                exchange,
                principal ->
                    inSession(
                        context,
                        exchange,
                        principal,
                        (session, _) -> {
                          legacy.end(session);
                          exchange.takeOver().setStatus(200);
                        })));
  }

  /// Any other method of HTTP.
  public void refuse(Context context) {
    answered(context, McpEndpoint::notAllowed);
  }

  private static void notAllowed(Exchange exchange) {
    exchange.header("Allow", "POST, GET, DELETE");
    exchange.json(
        405,
        RefusedMessage.of(RpcError.invalidRequest(405, "this method is not served: send POST"))
            .body());
  }

  private void inSession(
      Context context, Exchange exchange, Principal principal, InSession handling) {
    if (Era.ofHeader(exchange.headers()) == Era.MODERN) {
      notAllowed(exchange);
      return;
    }
    try {
      Client client = clients.of(context, exchange, principal);
      LegacyHeaders headers = LegacyHeaders.of(exchange.headers());
      handling.with(legacySessions.find(headers, client), client);
    } catch (RefusedMessage refused) {
      exchange.json(refused.error().status(), refused.body());
    }
  }

  private interface InSession {
    void with(ClientSession session, Client client) throws RefusedMessage;
  }

  /// Failures before an answer has begun are answers too, in JSON-RPC's form. Where the request
  /// comes from is looked at before anything else.
  private void answered(Context context, Consumer<Exchange> handling) {
    var exchange = new Exchange(context);
    try {
      Authority host = resource.rules().check(exchange.headers());
      answered(context, exchange, host, handling);
    } catch (RefusedMessage refused) {
      refuse(exchange, refused);
    }
  }

  private void answered(
      Context context, Exchange exchange, Authority host, Consumer<Exchange> handling) {
    try {
      handling.accept(exchange);
    } catch (InterceptorException e) {
      if (e.code() == ErrorCode.UNAUTHENTICATED) {
        exchange.header("WWW-Authenticate", resource.challenge(context.path(), host));
      }
      RpcError error = Desk.error(e, exchange.requestId());
      switch (e.code()) {
        case MALFORMED_REQUEST, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE ->
            exchange.header("Connection", "close");
        default -> {}
      }
      exchange.json(e.code().status(), error.envelope());
    }
  }

  /// Ends all streams, so that requests under way can come to their end.
  @Override
  public void close() {
    streams.close();
    keepAlives.close();
    sessions.close();
  }
}
