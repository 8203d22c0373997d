package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.http.Departure;
import dev.interceptor.server.upstream.Caller.Registration;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.LogLevel;
import java.util.List;
import java.util.Optional;

/// MCP 2025-11-25 and earlier towards clients: what is said in a session, once it has begun.
final class LegacyFace {
  private static final String PING = "ping";
  private static final String SET_LEVEL = "logging/setLevel";
  private static final String SUBSCRIBE = ProtocolMethod.RESOURCES_SUBSCRIBE.method();
  private static final String UNSUBSCRIBE = "resources/unsubscribe";
  private static final String CANCELLED = "notifications/cancelled";

  /// What a client hears that asked for no level.
  private static final String USUAL_LEVEL = "info";

  private static final int MOST_ROUNDS = 8;

  private final Desk desk;
  private final ClientSessions sessions;
  private final UnderWay underWay;
  private final Questions questions;

  LegacyFace(Desk desk, ClientSessions sessions, UnderWay underWay, Streams streams) {
    this.desk = desk;
    this.sessions = sessions;
    this.underWay = underWay;
    this.questions = new Questions(underWay, sessions.instance(), streams);
  }

  /// Takes what wants no answer: notifications, responses, and batches of them.
  ///
  /// @return false if the message wants an answer
  /// @throws RefusedMessage for a batch that this session does not take
  boolean takesSilently(ClientMessage message, ClientSession session) throws RefusedMessage {
    return switch (message) {
      case ClientMessage.Request _ -> false;
      case ClientMessage.Notification _, ClientMessage.Response _ -> {
        take(message, session);
        yield true;
      }
      case ClientMessage.Batch batch -> {
        if (!session.version().takesBatches()) {
          throw RefusedMessage.of(
              RpcError.invalidRequest("this session's version has no batches: send one message"));
        }
        List<ClientMessage> silent =
            batch.messages().stream()
                .filter(element -> !(element instanceof ClientMessage.Request))
                .toList();
        silent.forEach(element -> take(element, session));
        yield silent.size() == batch.messages().size();
      }
    };
  }

  /// Answers the requests of a message.
  void answer(ClientMessage message, ClientSession session, Client client, ReplyStream stream) {
    switch (message) {
      case ClientMessage.Request request -> {
        Optional<Reply> reply = reply(request, session, client, stream);
        if (reply.isEmpty()) {
          stream.open();
        }
        stream.finish(
            reply.map(Reply::status).orElse(200), reply.map(given -> given.to(request.id())));
      }
      case ClientMessage.Batch batch -> {
        stream.open();
        for (ClientMessage element : batch.messages()) {
          if (element instanceof ClientMessage.Request request) {
            reply(request, session, client, stream)
                .ifPresent(reply -> stream.event(reply.to(request.id())));
          }
        }
        stream.finish(200, Optional.empty());
      }
      case ClientMessage.Notification _, ClientMessage.Response _ ->
          throw new IllegalArgumentException("the message wants no answer");
    }
  }

  /// Notifications and responses concern something that may be under way at another instance.
  private void take(ClientMessage message, ClientSession session) {
    switch (message) {
      case ClientMessage.Response response -> {
        if (!underWay.answer(session.id(), response)) {
          Questions.instance(response.id())
              .filter(instance -> !instance.equals(sessions.instance()))
              .ifPresent(instance -> sessions.tell(instance, session, Relayed.answer(response)));
        }
      }
      case ClientMessage.Notification(String method, JsonObject params)
          when method.equals(CANCELLED) -> {
        Optional<RequestId> id =
            params.member("requestId").flatMap(TextOrInteger::of).map(RequestId::new);
        if (id.isPresent() && !underWay.cancel(session.id(), id.get())) {
          sessions.tellOthers(session, Relayed.cancel(id.get()));
        }
      }
      default -> {
        // Nothing hangs on other notifications.
      }
    }
  }

  /// Empty for a request that the client has cancelled.
  private Optional<Reply> reply(
      ClientMessage.Request request, ClientSession session, Client client, ReplyStream stream) {
    Departure departure = new Departure();
    Optional<Registration> registration =
        underWay.request(session.id(), request.id(), departure::leave);
    if (registration.isEmpty()) {
      return Optional.of(
          new Reply.Fault(
              RpcError.invalidRequest("a request with this `id` is under way: use another")));
    }
    Reply reply;
    try (Registration _ = registration.get()) {
      reply = served(request, session, client, stream, departure);
    } catch (RefusedMessage refused) {
      reply = new Reply.Fault(refused.error());
    } catch (RuntimeException e) {
      reply = new Reply.Fault(Desk.error(e, client.requestId()));
    }
    return departure.hasLeft()
        ? Optional.empty()
        : Optional.of(LegacyResults.adapted(reply, session.version()));
  }

  private Reply served(
      ClientMessage.Request request,
      ClientSession session,
      Client client,
      ReplyStream stream,
      Departure departure)
      throws RefusedMessage {
    String method = request.method();
    View view = client.view();
    if (method.equals(PING)) {
      return Reply.done();
    } else if (Desk.lists(method, view)) {
      return desk.list(method, request.params(), client);
    } else if (method.equals(SET_LEVEL) && view.exposes(Feature.LOGGING)) {
      return level(request.params(), session);
    } else if (view.exposes(Feature.SUBSCRIPTIONS) && method.equals(SUBSCRIBE)) {
      return subscribe(request.params(), session, client);
    } else if (view.exposes(Feature.SUBSCRIPTIONS) && method.equals(UNSUBSCRIBE)) {
      return unsubscribe(request.params(), session, client);
    } else if (Desk.calls(method, view)) {
      return call(request, session, client, stream, departure);
    }
    throw RefusedMessage.of(RpcError.methodNotFound());
  }

  private Reply level(JsonObject params, ClientSession session) throws RefusedMessage {
    String level =
        text(params, "level")
            .filter(word -> LogLevel.of(word).isPresent())
            .orElseThrow(() ->
                RefusedMessage.of(
                    RpcError.invalidParams(
                        "`params.level` is not a level: write debug, info, notice, warning, error,"
                            + " critical, alert or emergency")));
    sessions.logLevel(session, level);
    return Reply.done();
  }

  private Reply subscribe(JsonObject params, ClientSession session, Client client)
      throws RefusedMessage {
    CallRequest call = CallRequest.of(SUBSCRIBE, params, client.view());
    Outcome outcome = desk.watch(call, client);
    if (!(outcome instanceof Outcome.Noted)) {
      return Outcomes.reply(outcome, call, client.view());
    }
    WatchedResource resource = watched(call);
    if (resource.uri().length() > WatchedResource.LONGEST_URI) {
      throw RefusedMessage.of(
          RpcError.invalidParams(
              "`params.uri` is longer than "
                  + WatchedResource.LONGEST_URI
                  + " characters, which cannot be watched"));
    }
    watch(session, resource, true);
    return Reply.done();
  }

  private Reply unsubscribe(JsonObject params, ClientSession session, Client client)
      throws RefusedMessage {
    watch(session, watched(CallRequest.of(SUBSCRIBE, params, client.view())), false);
    return Reply.done();
  }

  private static WatchedResource watched(CallRequest call) {
    return new WatchedResource(
        call.server().name(), text(call.arguments().value(), "uri").orElseThrow());
  }

  private void watch(ClientSession session, WatchedResource resource, boolean wanted) {
    sessions.watches(session, resource, wanted);
    refresh(session);
  }

  private void refresh(ClientSession session) {
    underWay.refresh(session.id());
    sessions.tellOthers(session, Relayed.REFRESH);
  }

  private Reply call(
      ClientMessage.Request request,
      ClientSession session,
      Client client,
      ReplyStream stream,
      Departure departure)
      throws RefusedMessage {
    CallRequest call = CallRequest.of(request.method(), request.params(), client.view());
    ClientCaller caller =
        new ClientCaller(
            stream,
            departure,
            session.capabilities(),
            ModernMeta.progressToken(Era.meta(request.params())),
            Optional.of(session.logLevel().orElse(USUAL_LEVEL)),
            Optional.empty());
    Optional<Continuation> continuation = Optional.empty();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Outcome outcome = desk.call(call, continuation, client, caller);
      if (!(outcome instanceof Outcome.InputRequired asking)) {
        return Outcomes.reply(outcome, call, client.view());
      }
      continuation = questions.ask(asking.result(), session, client, stream, departure);
      if (continuation.isEmpty()) {
        return unanswered("the tool asked something that this client did not answer");
      }
    }
    return unanswered("the tool asked more than " + MOST_ROUNDS + " times");
  }

  private static Reply unanswered(String message) {
    return new Reply.Fault(new RpcError(200, Outcomes.INTERNAL_ERROR, message, Optional.empty()));
  }

  private static Optional<String> text(JsonObject params, String name) {
    JsonValue value = params.member(name).orElse(JsonObject.EMPTY);
    return value instanceof JsonString string ? Optional.of(string.value()) : Optional.empty();
  }

  void end(ClientSession session) {
    sessions.end(session);
    refresh(session);
  }

  /// The changes that a session wants to hear of, also those that it asks for later. What it may
  /// hear of is decided again each time the stream begins.
  Registration news(ClientSession session, Client client, ReplyStream stream, Departure departure) {
    SessionNews news =
        new SessionNews(
            () -> sessions.find(client.principal(), session.id()), desk, client, stream, departure);
    news.refresh();
    Registration registration = underWay.refreshed(session.id(), news::refresh);
    return () -> {
      registration.close();
      news.close();
    };
  }
}
