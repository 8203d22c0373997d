package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.RpcChannel.Carrier;
import dev.interceptor.server.upstream.RpcChannel.ServerRequests;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The sessions with a legacy server: one per customer, and one of the interceptor's own. Over a
/// pipe there is one session, that of the process.
///
/// They are opened when they are first needed, with no capabilities, and dropped after half an hour
/// without use.
final class LegacySessions {
  static final String LATEST = "2025-11-25";
  static final Set<String> VERSIONS = Set.of(LATEST, "2025-06-18", "2025-03-26");

  private static final String WITHOUT_VERSION_HEADER = "2025-03-26";
  private static final Pattern SESSION_ID = Pattern.compile("[\\x21-\\x7e]{1,1024}");
  private static final Duration SESSION_AGE = Duration.ofHours(12);
  private static final Duration SESSION_IDLE = Duration.ofMinutes(30);
  static final Duration AS_LONG_AS_THE_PROCESS = Duration.ofDays(36_500);
  private static final int MAX_SESSIONS = 10_000;
  private static final byte[] INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"
          .getBytes(StandardCharsets.US_ASCII);

  private final RpcChannel channel;
  private final InstantSource clock;
  private final Duration sessionAge;
  private final Cache<Optional<CustomerId>, SharedLoad<Session>> sessions;

  LegacySessions(RpcChannel channel, InstantSource clock) {
    this.channel = channel;
    this.clock = clock;
    boolean forever = channel.carrier() == Carrier.PIPE;
    this.sessionAge = forever ? AS_LONG_AS_THE_PROCESS : SESSION_AGE;
    this.sessions =
        Caffeine.newBuilder()
            .maximumSize(MAX_SESSIONS)
            .expireAfterAccess(forever ? AS_LONG_AS_THE_PROCESS : SESSION_IDLE)
            .build();
  }

  /// What `initialize` agreed on.
  ///
  /// @param headers what every request of the session carries
  /// @param numbered whether the server gave it an id
  /// @param subscribable whether the server tells of changes of single resources
  record Session(List<Header> headers, boolean numbered, boolean subscribable) {}

  /// @param customer empty for the interceptor itself
  SharedLoad<Session> of(Optional<CustomerId> customer) {
    Optional<CustomerId> owner =
        switch (channel.carrier()) {
          case HTTP -> customer;
          case PIPE -> Optional.empty();
        };
    return sessions.get(owner, _ -> new SharedLoad<>(clock, sessionAge));
  }

  /// Opens the interceptor's own session.
  void connect(Deadline deadline) throws UpstreamFault {
    of(Optional.empty()).get(deadline, this::initialize);
  }

  /// @throws UpstreamFault NOT_SENT if there is none
  Session open(SharedLoad<Session> shared, Deadline deadline) throws UpstreamFault {
    try {
      return shared.get(deadline, this::initialize);
    } catch (UpstreamFault fault) {
      throw new UpstreamFault(UpstreamFault.Kind.NOT_SENT, "no session: " + fault.operatorDetail());
    }
  }

  /// A session that nobody else has.
  Session initialize(Deadline deadline) throws UpstreamFault {
    ObjectNode params = Messages.object().put("protocolVersion", LATEST);
    params.putObject("capabilities");
    params.set("clientInfo", ClientIdentity.json());
    RpcAnswer answer = request("initialize", params, List.of(), deadline);
    ObjectNode result = Dialect.resultOf(answer, "initialize");
    String version = result.path("protocolVersion").asText("");
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
    boolean subscribable =
        result.path("capabilities").path("resources").path("subscribe").asBoolean(false);
    return new Session(List.copyOf(headers), id.isPresent(), subscribable);
  }

  private static Optional<String> sessionId(RpcAnswer answer) throws UpstreamFault {
    Optional<String> id =
        answer instanceof RpcAnswer.Result result ? result.session() : Optional.empty();
    if (id.isPresent() && !SESSION_ID.matcher(id.get()).matches()) {
      throw UpstreamFault.protocol("the session id is not 1-1024 visible ASCII characters");
    }
    return id;
  }

  RpcAnswer request(String method, ObjectNode params, List<Header> headers, Deadline deadline)
      throws UpstreamFault {
    long id = channel.nextId();
    ObjectNode body = Messages.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    body.set("params", params);
    return channel.request(
        Exchange.own(id, headers, Messages.bytes(body), ServerRequests.ANSWERED, deadline));
  }
}
