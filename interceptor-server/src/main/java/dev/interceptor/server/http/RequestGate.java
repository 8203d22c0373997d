package dev.interceptor.server.http;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.audit.AuthenticationLog;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.identity.Authentication;
import dev.interceptor.server.identity.Authenticator;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What every authenticated route passes first: room for the request, then a live key of the right
/// role.
public final class RequestGate {
  private static final String WRONG_ROLE = "wrong_role";

  private final Authenticator authenticator;
  private final AuthenticationLog log;
  private final FlowMetrics metrics;
  private final Room room;
  private final Set<KeyRole> roles;

  /// @param maxUnderWay requests that may be under way at once on the routes behind this gate, of
  ///   one key three quarters of them
  public RequestGate(
      Authenticator authenticator,
      AuthenticationLog log,
      FlowMetrics metrics,
      int maxUnderWay,
      Set<KeyRole> roles) {
    this.authenticator = authenticator;
    this.log = log;
    this.metrics = metrics;
    this.room = new Room(maxUnderWay);
    this.roles = Set.copyOf(roles);
  }

  /// Runs `handle` for the authenticated principal.
  ///
  /// @throws InterceptorException CONCURRENCY_LIMITED, UNAUTHENTICATED, or what `handle` throws
  public void admit(Exchange exchange, Consumer<Principal> handle) {
    admitKnown(exchange, known -> handle.accept(known.principal()));
  }

  /// The same where the answer depends on the key's role.
  public void admitKnown(Exchange exchange, Consumer<Authentication.Authenticated> handle) {
    try (Room.Place _ = room.enter()) {
      Authentication.Authenticated known = authenticate(exchange);
      log.accepted(known.principal(), exchange.peer(), exchange.area());
      try (Room.Place _ = room.of(known.principal().key())) {
        handle.accept(known);
      }
    }
  }

  /// The same for a request with a JSON body: the key has to be good when the body has arrived,
  /// too, however long that took.
  ///
  /// @throws InterceptorException also UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE
  public void admit(Exchange exchange, int maxBytes, BiConsumer<Principal, byte[]> handle) {
    admit(exchange, () -> exchange.jsonBody(maxBytes), handle);
  }

  /// The same with a body of another kind.
  ///
  /// @param read reads the body; runs only for a good key
  /// @throws InterceptorException also what `read` throws
  public void admit(
      Exchange exchange, Supplier<byte[]> read, BiConsumer<Principal, byte[]> handle) {
    admit(
        exchange,
        _ -> {
          byte[] body = read.get();
          handle.accept(authenticate(exchange).principal(), body);
        });
  }

  private Authentication.Authenticated authenticate(Exchange exchange) {
    Authentication authentication =
        metrics.time(
            Stage.AUTHENTICATE, () -> authenticator.authenticate(exchange.credential().orElse("")));
    return switch (authentication) {
      case Authentication.Authenticated known when roles.contains(known.role()) -> known;
      case Authentication.Authenticated other -> {
        log.rejected(WRONG_ROLE, Optional.of(other.principal()), exchange.peer(), exchange.area());
        throw InterceptorException.of(ErrorCode.UNAUTHENTICATED, "the key has another role");
      }
      case Authentication.Rejected rejected -> {
        log.rejected(rejected.cause().word(), rejected.whose(), exchange.peer(), exchange.area());
        throw InterceptorException.of(ErrorCode.UNAUTHENTICATED, "the key is not accepted");
      }
    };
  }
}
