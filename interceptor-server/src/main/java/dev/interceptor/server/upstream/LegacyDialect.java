package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.LegacySessions.Session;
import dev.interceptor.server.upstream.RpcChannel.Carrier;
import dev.interceptor.server.upstream.RpcChannel.ServerRequests;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// MCP 2025-11-25, 2025-06-18 and 2025-03-26: requests in a session that `initialize` has opened.
final class LegacyDialect implements Dialect {
  private static final Logger LOG = LoggerFactory.getLogger(LegacyDialect.class);

  static final Set<String> VERSIONS = LegacySessions.VERSIONS;

  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final byte[] NO_BODY = {};
  private final RpcChannel channel;
  private final LegacySessions sessions;
  private final Runnable toolsChanged;
  private final Cancellations cancellations;

  /// @param toolsChanged runs when a server says during a call that its list of tools has changed
  LegacyDialect(
      RpcChannel channel, InstantSource clock, Runnable toolsChanged, Cancellations cancellations) {
    this.channel = channel;
    this.sessions = new LegacySessions(channel, clock);
    this.toolsChanged = toolsChanged;
    this.cancellations = cancellations;
  }

  @Override
  public RpcAnswer call(AuthorizedCall call, Caller caller, CallerTerms terms, Deadline deadline)
      throws UpstreamFault {
    return inSession(
        sessions.of(Optional.of(call.permit().row().principal().customer())),
        deadline,
        session -> {
          long id = channel.nextId();
          try {
            return channel.request(exchange(id, session, call, caller, terms, deadline));
          } catch (UpstreamFault fault) {
            cancellations.after(fault, id, session.headers());
            throw fault;
          }
        });
  }

  private Exchange exchange(
      long id,
      Session session,
      AuthorizedCall call,
      Caller caller,
      CallerTerms terms,
      Deadline deadline) {
    List<Header> headers = new ArrayList<>(session.headers());
    headers.add(new Header("Authorization", "Bearer " + call.token()));
    return new Exchange(
        id,
        headers,
        CallBody.of(id, call, meta(id, call, terms)),
        ServerRequests.ANSWERED,
        deadline,
        new CallNotices(id, caller, terms, toolsChanged),
        caller::onLeave);
  }

  private byte[] meta(long id, AuthorizedCall call, CallerTerms terms) {
    Carrier carrier = channel.carrier();
    if (carrier == Carrier.HTTP && !terms.progress() && terms.trace().isEmpty()) {
      return CallBody.NO_META;
    }
    ObjectNode meta = Messages.object();
    if (terms.progress()) {
      meta.put("progressToken", id);
    }
    terms.traceInto(meta);
    if (carrier == Carrier.PIPE) {
      meta.put(RpcChannel.TOKEN_KEY, call.token());
    }
    return CallBody.meta(meta);
  }

  @Override
  public Optional<ObjectNode> askable(CallerTerms terms) {
    return Optional.empty();
  }

  @Override
  public RpcAnswer list(String method, Optional<String> cursor, Deadline deadline)
      throws UpstreamFault {
    return inSession(
        sessions.of(Optional.empty()),
        deadline,
        session -> {
          ObjectNode params = Messages.object();
          cursor.ifPresent(opaque -> params.put("cursor", opaque));
          return sessions.request(method, params, session.headers(), deadline);
        });
  }

  /// In a session of its own, because a server sends each notice on only one stream of a session.
  @Override
  public RpcAnswer listen(Listening listening, Deadline deadline) throws UpstreamFault {
    Session session =
        switch (channel.carrier()) {
          case HTTP -> sessions.initialize(deadline);
          case PIPE -> sessions.open(sessions.of(Optional.empty()), deadline);
        };
    try {
      return channel.overhear(
          new Exchange(
              channel.nextId(),
              session.headers(),
              NO_BODY,
              ServerRequests.ANSWERED,
              deadline,
              listening,
              listening),
          () -> {
            subscribe(session, listening.interests(), deadline);
            listening.begun();
          });
    } finally {
      if (channel.carrier() == Carrier.HTTP && session.numbered()) {
        Thread.startVirtualThread(() -> end(session));
      }
    }
  }

  private void subscribe(Session session, Interests interests, Deadline deadline) {
    if (!session.subscribable()) {
      return;
    }
    for (String uri : interests.resources()) {
      try {
        ObjectNode params = Messages.object().put("uri", uri);
        var _ =
            Dialect.resultOf(
                sessions.request("resources/subscribe", params, session.headers(), deadline),
                "resources/subscribe");
      } catch (UpstreamFault fault) {
        LOG.debug("changes of a resource will not be heard of: {}", fault.operatorDetail());
      }
    }
  }

  private void end(Session session) {
    try {
      channel.endSession(session.headers(), Deadline.after(FAREWELL));
    } catch (UpstreamFault fault) {
      LOG.debug("a session was not ended: {}", fault.operatorDetail());
    }
  }

  @Override
  public boolean mirrorsArguments() {
    return false;
  }

  /// Opens the interceptor's own session, which shows that the server speaks this dialect.
  void connect(Deadline deadline) throws UpstreamFault {
    sessions.connect(deadline);
  }

  /// Runs a request in the owner's session, once more in a new one if the server does not know the
  /// session: it has then refused before it looked at the request.
  private RpcAnswer inSession(SharedLoad<Session> shared, Deadline deadline, Attempt attempt)
      throws UpstreamFault {
    Session session = sessions.open(shared, deadline);
    RpcAnswer answer = attempt.in(session);
    if (!session.numbered() || !isSessionLost(answer)) {
      return answer;
    }
    shared.forget(session);
    return attempt.in(sessions.open(shared, deadline));
  }

  /// 404 by the specification; 400 with the general error is what servers also send. A bare 400
  /// says nothing about the session, and a call must not be sent twice.
  private static boolean isSessionLost(RpcAnswer answer) {
    return switch (answer) {
      case RpcAnswer.Result _ -> false;
      case RpcAnswer.Failure failure ->
          failure.status() == 404
              || (failure.status() == 400 && failure.code() == ErrorNumbers.SERVER_ERROR);
      case RpcAnswer.Rejected rejected -> rejected.status() == 404;
    };
  }

  private interface Attempt {
    RpcAnswer in(Session session) throws UpstreamFault;
  }
}
