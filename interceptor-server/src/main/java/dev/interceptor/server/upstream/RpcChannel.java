package dev.interceptor.server.upstream;

import dev.interceptor.server.upstream.HttpTransport.Header;
import java.util.List;

/// JSON-RPC with one tool server, whatever carries it: requests that each have their one answer,
/// notifications, and what the server says unasked.
///
/// *Guarantees*: sends each request at most once; is done by its deadline or soon after its caller
/// left; gives up with PROTOCOL on more than [#MAX_NOTICES] notices before an answer. *Does not*:
/// know an era; open a session.
interface RpcChannel extends AutoCloseable {
  int MAX_NOTICES = 10_000;
  int MAX_SERVER_REQUESTS = 16;

  /// The key of a call's token in `_meta` where there are no headers.
  String TOKEN_KEY = "dev.interceptor/token";

  /// What requests travel on.
  enum Carrier {
    /// Every request has an exchange with headers of its own: the token is a header, and to close
    /// the exchange is to cancel a modern request.
    HTTP,
    /// All requests share one pair of pipes without headers: the token is in `_meta`, the session
    /// is the process, with which the channel ends, and a request is cancelled by a message.
    PIPE
  }

  /// What to do with requests that the server makes before its answer.
  enum ServerRequests {
    /// They break the protocol.
    FORBIDDEN,
    /// `ping` is answered, the others are refused: no capability was declared.
    ANSWERED
  }

  Carrier carrier();

  long nextId();

  /// Sends a request and waits for its answer.
  ///
  /// @throws UpstreamFault whose kind says whether the request may have been delivered
  RpcAnswer request(Exchange exchange) throws UpstreamFault;

  /// Sends a notification or a response.
  ///
  /// @param headers ignored where there are none
  /// @throws UpstreamFault REFUSED if the peer does not accept it
  void notify(List<Header> headers, byte[] body, Deadline deadline) throws UpstreamFault;

  /// Sends a request whose answer comes after any number of notices, and waits for it: the deadline
  /// holds for the first notice only. Takes nothing away from `request`.
  ///
  /// @throws UpstreamFault NOT_SENT if too many are listening already, PROTOCOL for a notice longer
  ///   than 256 KiB, ABANDONED once the caller left
  RpcAnswer listen(Exchange exchange) throws UpstreamFault;

  /// Hears what the server sends outside of any request, until the server ends it; the deadline
  /// holds for the beginning only.
  ///
  /// @param exchange without a body
  /// @param begun runs when the server has agreed
  /// @return the error if the server has nothing of that kind
  /// @throws UpstreamFault as `listen`; DISCONNECTED when the server ends it
  RpcAnswer overhear(Exchange exchange, Runnable begun) throws UpstreamFault;

  /// Tells the server that a session is not needed any more.
  void endSession(List<Header> headers, Deadline deadline) throws UpstreamFault;

  @Override
  void close();
}
