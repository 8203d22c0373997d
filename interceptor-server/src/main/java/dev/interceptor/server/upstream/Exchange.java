package dev.interceptor.server.upstream;

import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.RpcChannel.ServerRequests;
import java.util.List;

/// One request on its way to a tool server.
///
/// @param id the id in `body`; the answer must carry the same integer
/// @param headers besides those that every request has; without meaning where there are none
/// @param notices takes what the server sends before its answer
@SuppressWarnings("ArrayRecordComponent") // The body is made for one exchange and not compared.
record Exchange(
    long id,
    List<Header> headers,
    byte[] body,
    ServerRequests allowed,
    Deadline deadline,
    NoticeSink notices,
    Leaving leaving) {

  /// A request of the interceptor itself.
  static Exchange own(
      long id, List<Header> headers, byte[] body, ServerRequests allowed, Deadline deadline) {
    return new Exchange(id, headers, body, allowed, deadline, NoticeSink.NONE, Leaving.NEVER);
  }

  /// Takes the notices of one exchange, in order, on the thread that reads them.
  interface NoticeSink {
    NoticeSink NONE = _ -> {};

    /// @throws UpstreamFault PROTOCOL for one that may not come; ends the exchange
    void take(Notice notice) throws UpstreamFault;
  }

  /// Whether somebody still waits for the answer.
  interface Leaving {
    Leaving NEVER = _ -> () -> {};

    /// As `Caller.onLeave`.
    Caller.Registration onLeave(Runnable abort);
  }
}
