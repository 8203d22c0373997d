package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.RpcChannel.ServerRequests;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// MCP 2025-11-25, 2025-06-18 and 2025-03-26: one `initialize` per customer, then requests in that
/// session.
///
/// Sessions are opened when they are first needed, with no capabilities, and dropped after half an
/// hour without use.
final class LegacyDialect implements Dialect {
  static final String LATEST = "2025-11-25";
  static final Set<String> VERSIONS = Set.of(LATEST, "2025-06-18", "2025-03-26");

  private static final String WITHOUT_VERSION_HEADER = "2025-03-26";
  private static final Pattern SESSION_ID = Pattern.compile("[\\x21-\\x7e]{1,1024}");
  private static final Duration SESSION_AGE = Duration.ofHours(12);
  private static final Duration SESSION_IDLE = Duration.ofMinutes(30);
  private static final int MAX_SESSIONS = 10_000;
  private static final byte[] NO_META = {};
  private static final byte[] INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"
          .getBytes(StandardCharsets.US_ASCII);

  private final RpcChannel channel;
  private final InstantSource clock;
  private final Cache<Owner, SharedLoad<Session>> sessions =
      Caffeine.newBuilder().maximumSize(MAX_SESSIONS).expireAfterAccess(SESSION_IDLE).build();

  LegacyDialect(RpcChannel channel, InstantSource clock) {
    this.channel = channel;
    this.clock = clock;
  }

  /// Whose session it is; the interceptor itself lists tools in one of its own.
  private record Owner(Optional<CustomerId> customer) {}

  /// What `initialize` agreed on.
  ///
  /// @param headers what every request of the session carries
  private record Session(List<Header> headers, boolean numbered) {}

  @Override
  public RpcAnswer call(AuthorizedCall call, Deadline deadline) throws UpstreamFault {
    Owner owner = new Owner(Optional.of(call.permit().row().principal().customer()));
    Header token = new Header("Authorization", "Bearer " + call.token());
    return inSession(
        owner,
        deadline,
        session -> {
          List<Header> headers = new ArrayList<>(session.headers());
          headers.add(token);
          long id = channel.nextId();
          byte[] body = Dialect.callBody(id, call, NO_META);
          return channel.request(id, headers, body, ServerRequests.ANSWERED, deadline);
        });
  }

  @Override
  public Page list(Optional<String> cursor, Deadline deadline) throws UpstreamFault {
    return Page.of(
        inSession(
            new Owner(Optional.empty()),
            deadline,
            session -> {
              ObjectNode params = Messages.object();
              cursor.ifPresent(opaque -> params.put("cursor", opaque));
              return request("tools/list", params, session.headers(), deadline);
            }),
        false);
  }

  /// Opens the interceptor's own session, which shows that the server speaks this dialect.
  void connect(Deadline deadline) throws UpstreamFault {
    session(new Owner(Optional.empty())).get(deadline, this::initialize);
  }

  private SharedLoad<Session> session(Owner owner) {
    return sessions.get(owner, _ -> new SharedLoad<>(clock, SESSION_AGE));
  }

  /// Runs a request in the owner's session, once more in a new one if the server does not know the
  /// session: it has then refused before it looked at the request.
  private RpcAnswer inSession(Owner owner, Deadline deadline, Attempt attempt)
      throws UpstreamFault {
    SharedLoad<Session> shared = session(owner);
    Session session = open(shared, deadline);
    RpcAnswer answer = attempt.in(session);
    if (!session.numbered() || !isSessionLost(answer)) {
      return answer;
    }
    shared.forget(session);
    return attempt.in(open(shared, deadline));
  }

  private Session open(SharedLoad<Session> shared, Deadline deadline) throws UpstreamFault {
    try {
      return shared.get(deadline, this::initialize);
    } catch (UpstreamFault fault) {
      throw new UpstreamFault(UpstreamFault.Kind.NOT_SENT, "no session: " + fault.operatorDetail());
    }
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

  private Session initialize(Deadline deadline) throws UpstreamFault {
    ObjectNode params = Messages.object().put("protocolVersion", LATEST);
    params.putObject("capabilities");
    params.set("clientInfo", ClientIdentity.json());
    RpcAnswer answer = request("initialize", params, List.of(), deadline);
    String version = Dialect.resultOf(answer, "initialize").path("protocolVersion").asText("");
    if (!VERSIONS.contains(version)) {
      throw UpstreamFault.protocol("the server wants a protocol version that is not supported");
    }
    List<Header> headers = new ArrayList<>(2);
    if (!version.equals(WITHOUT_VERSION_HEADER)) {
      headers.add(new Header("MCP-Protocol-Version", version));
    }
    Optional<String> id = sessionId(answer);
    id.ifPresent(value -> headers.add(new Header("Mcp-Session-Id", value)));
    channel.notify(headers, INITIALIZED, deadline);
    return new Session(List.copyOf(headers), id.isPresent());
  }

  private static Optional<String> sessionId(RpcAnswer answer) throws UpstreamFault {
    Optional<String> id =
        answer instanceof RpcAnswer.Result result ? result.session() : Optional.empty();
    if (id.isPresent() && !SESSION_ID.matcher(id.get()).matches()) {
      throw UpstreamFault.protocol("the session id is not 1-1024 visible ASCII characters");
    }
    return id;
  }

  private RpcAnswer request(
      String method, ObjectNode params, List<Header> headers, Deadline deadline)
      throws UpstreamFault {
    long id = channel.nextId();
    ObjectNode body = Messages.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    body.set("params", params);
    return channel.request(id, headers, Messages.bytes(body), ServerRequests.ANSWERED, deadline);
  }

  private interface Attempt {
    RpcAnswer in(Session session) throws UpstreamFault;
  }
}
