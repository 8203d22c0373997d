package dev.interceptor.server.upstream;

import dev.interceptor.server.upstream.HttpTransport.Answer;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.HttpTransport.Request;
import dev.interceptor.server.upstream.HttpTransport.Verb;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// JSON-RPC over Streamable HTTP: an answer is JSON or a stream of events.
///
/// What listens has connections of its own, so that it takes none from calls.
final class HttpRpcChannel implements RpcChannel {
  static final int MAX_LISTENERS = 64;

  private static final Duration REPLY_TIME = Duration.ofSeconds(5);
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final byte[] NO_BODY = {};
  private static final List<Header> COMMON =
      List.of(
          new Header("Content-Type", "application/json"),
          new Header("Accept", "application/json, text/event-stream"),
          new Header("Accept-Encoding", "identity"));
  private static final List<Header> LISTENING =
      List.of(new Header("Accept", "text/event-stream"), new Header("Accept-Encoding", "identity"));

  private final HttpTransport calls;
  private final Supplier<HttpTransport> opener;
  private final Semaphore places = new Semaphore(MAX_LISTENERS);
  private final AtomicLong ids = new AtomicLong();
  private final Object lock = new Object();
  private @Nullable HttpTransport listeners;
  private boolean closed;

  /// @param opener opens the transport for what listens, once, when it is first needed
  HttpRpcChannel(HttpTransport calls, Supplier<HttpTransport> opener) {
    this.calls = calls;
    this.opener = opener;
  }

  @Override
  public Carrier carrier() {
    return Carrier.HTTP;
  }

  @Override
  public long nextId() {
    return ids.incrementAndGet();
  }

  @Override
  public RpcAnswer request(Exchange exchange) throws UpstreamFault {
    Request request = new Request(Verb.POST, with(COMMON, exchange.headers()), exchange.body());
    return calls.exchange(
        request,
        exchange.deadline(),
        exchange.leaving(),
        answer -> new AnswerReading(exchange, this::reply).answerOf(answer));
  }

  @Override
  public void notify(List<Header> headers, byte[] body, Deadline deadline) throws UpstreamFault {
    requireAccepted(new Request(Verb.POST, with(COMMON, headers), body), deadline);
  }

  @Override
  public RpcAnswer listen(Exchange exchange) throws UpstreamFault {
    Request request = new Request(Verb.POST, with(COMMON, exchange.headers()), exchange.body());
    return listen(request, exchange, () -> {});
  }

  @Override
  public RpcAnswer overhear(Exchange exchange, Runnable begun) throws UpstreamFault {
    Request request = new Request(Verb.GET, with(LISTENING, exchange.headers()), NO_BODY);
    return listen(request, exchange, begun);
  }

  private RpcAnswer listen(Request request, Exchange exchange, Runnable begun)
      throws UpstreamFault {
    if (!places.tryAcquire()) {
      throw new UpstreamFault(
          UpstreamFault.Kind.NOT_SENT, MAX_LISTENERS + " streams are open already");
    }
    try {
      return listeners()
          .exchange(
              request,
              exchange.deadline(),
              exchange.leaving(),
              answer -> new AnswerReading(exchange, this::replyInTime).endOf(answer, begun));
    } finally {
      places.release();
    }
  }

  private HttpTransport listeners() throws UpstreamFault {
    synchronized (lock) {
      if (closed) {
        throw new UpstreamFault(UpstreamFault.Kind.NOT_SENT, "closed");
      }
      if (listeners == null) {
        listeners = opener.get();
      }
      return listeners;
    }
  }

  @Override
  public void endSession(List<Header> headers, Deadline deadline) throws UpstreamFault {
    requireAccepted(new Request(Verb.DELETE, headers, NO_BODY), deadline);
  }

  private void reply(Exchange exchange, byte[] response) throws UpstreamFault {
    notify(exchange.headers(), response, exchange.deadline());
  }

  /// The exchange's own deadline was for its beginning.
  private void replyInTime(Exchange exchange, byte[] response) throws UpstreamFault {
    notify(exchange.headers(), response, Deadline.after(REPLY_TIME));
  }

  private void requireAccepted(Request request, Deadline deadline) throws UpstreamFault {
    int status =
        calls.exchange(request, deadline, Exchange.Leaving.NEVER, HttpRpcChannel::statusAndRest);
    if (status < 200 || status >= 300) {
      throw UpstreamFault.refused("HTTP " + status + " to a notification");
    }
  }

  private static int statusAndRest(Answer answer) throws IOException {
    answer.body().readNBytes(MAX_ERROR_BYTES);
    return answer.status();
  }

  private static List<Header> with(List<Header> common, List<Header> headers) {
    List<Header> all = new ArrayList<>(common.size() + headers.size());
    all.addAll(common);
    all.addAll(headers);
    return all;
  }

  @Override
  public void close() {
    calls.close();
    synchronized (lock) {
      closed = true;
      Optional.ofNullable(listeners).ifPresent(HttpTransport::close);
    }
  }
}
