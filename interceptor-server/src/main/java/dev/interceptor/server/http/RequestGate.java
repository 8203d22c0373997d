package dev.interceptor.server.http;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.identity.Authentication;
import dev.interceptor.server.identity.Authenticator;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// What every authenticated route passes first: room for the request, then a live key of the right
/// role.
public final class RequestGate {
  private final Authenticator authenticator;
  private final FlowMetrics metrics;
  private final Semaphore room;
  private final Set<KeyRole> roles;

  /// @param maxUnderWay requests that may be under way at once on the routes behind this gate
  public RequestGate(
      Authenticator authenticator, FlowMetrics metrics, int maxUnderWay, Set<KeyRole> roles) {
    this.authenticator = authenticator;
    this.metrics = metrics;
    this.room = new Semaphore(maxUnderWay);
    this.roles = Set.copyOf(roles);
  }

  /// Runs `handle` for the authenticated principal.
  ///
  /// @throws InterceptorException CONCURRENCY_LIMITED, UNAUTHENTICATED, or what `handle` throws
  public void admit(Exchange exchange, Consumer<Principal> handle) {
    if (!room.tryAcquire()) {
      throw InterceptorException.of(ErrorCode.CONCURRENCY_LIMITED, "no room for another request");
    }
    try {
      handle.accept(authenticate(exchange));
    } finally {
      room.release();
    }
  }

  /// The same for a request with a JSON body: the key has to be good when the body has arrived,
  /// too, however long that took.
  ///
  /// @throws InterceptorException also UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE
  public void admit(Exchange exchange, int maxBytes, BiConsumer<Principal, byte[]> handle) {
    admit(
        exchange,
        _ -> {
          byte[] body = exchange.jsonBody(maxBytes);
          handle.accept(authenticate(exchange), body);
        });
  }

  private Principal authenticate(Exchange exchange) {
    Authentication authentication =
        metrics.time(
            Stage.AUTHENTICATE, () -> authenticator.authenticate(exchange.credential().orElse("")));
    return switch (authentication) {
      case Authentication.Authenticated known when roles.contains(known.role()) ->
          known.principal();
      case Authentication.Authenticated _ ->
          throw InterceptorException.of(ErrorCode.UNAUTHENTICATED, "the key has another role");
      case Authentication.Rejected _ ->
          throw InterceptorException.of(ErrorCode.UNAUTHENTICATED, "the key is not accepted");
    };
  }
}
