package dev.interceptor.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// Carries requests to one URL. The HTTP client behind it can be exchanged and compared by
/// measurement.
///
/// *Guarantees*: sends each request at most once, with exactly the given headers besides `Host`,
/// `Content-Length` and `Connection`; follows no redirect, keeps no cookie, decodes nothing; is
/// done by the deadline, and soon after the one who waits has left.
interface HttpTransport extends AutoCloseable {
  /// Sends a request and lets `reader` read the answer while the exchange is open. A reader that
  /// stops early ends the exchange.
  ///
  /// @throws UpstreamFault NOT_SENT, GIVEN_UP, TIMEOUT, ABANDONED, DISCONNECTED or PROTOCOL by what
  ///   happened; whatever `reader` throws as such
  <T> T exchange(
      Request request, Deadline deadline, Exchange.Leaving leaving, AnswerReader<T> reader)
      throws UpstreamFault;

  @Override
  void close();

  /// A header line.
  record Header(String name, String value) {}

  /// The method of a request.
  enum Verb {
    POST,
    GET,
    DELETE
  }

  /// One request; only a POST has a body.
  @SuppressWarnings("ArrayRecordComponent") // The body is made for one exchange and not compared.
  record Request(Verb verb, List<Header> headers, byte[] body) {}

  /// The answer as it comes in.
  interface Answer {
    int status();

    Optional<String> header(String name);

    /// @throws UpstreamFault PROTOCOL from `read` once the answer is longer than the transport
    ///   allows
    InputStream body() throws IOException;

    /// Lifts the deadline of what is still to come.
    void unhurried();
  }

  /// Reads an answer.
  interface AnswerReader<T> {
    T read(Answer answer) throws IOException;
  }
}
