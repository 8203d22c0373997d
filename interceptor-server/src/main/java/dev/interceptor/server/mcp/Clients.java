package dev.interceptor.server.mcp;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.upstream.ToolServers;
import io.javalin.http.Context;
import java.util.Optional;

/// Reads from a request who asks, and at which address.
final class Clients {
  private static final String UPSTREAM = "upstream";

  private final ToolServers upstreams;

  Clients(ToolServers upstreams) {
    this.upstreams = upstreams;
  }

  /// @throws InterceptorException UNKNOWN_UPSTREAM
  /// @throws RefusedMessage for a session's name that cannot be one
  Client of(Context context, Exchange exchange, Principal principal) throws RefusedMessage {
    return new Client(
        view(context), principal, exchange.requestId(), exchange.peer(), session(exchange));
  }

  private View view(Context context) {
    String name = context.pathParamMap().get(UPSTREAM);
    if (name == null) {
      return View.ofAll(upstreams);
    }
    try {
      return View.ofOne(upstreams, new UpstreamName(name));
    } catch (IllegalArgumentException e) {
      throw InterceptorException.of(ErrorCode.UNKNOWN_UPSTREAM, "not the name of an upstream", e);
    }
  }

  private static Optional<SessionId> session(Exchange exchange) throws RefusedMessage {
    try {
      return exchange.session();
    } catch (InterceptorException e) {
      throw RefusedMessage.of(RpcError.invalidRequest(e.publicDetail()));
    }
  }
}
