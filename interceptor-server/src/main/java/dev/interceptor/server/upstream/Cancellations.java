package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a server which requests nobody waits for any more, in the background and as far as it
/// listens.
final class Cancellations {
  private static final Logger LOG = LoggerFactory.getLogger(Cancellations.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_UNDER_WAY = 64;

  private final RpcChannel channel;
  private final Semaphore places = new Semaphore(MAX_UNDER_WAY);

  Cancellations(RpcChannel channel) {
    this.channel = channel;
  }

  /// Does nothing unless the fault leaves a request with the server that it may still work on.
  ///
  /// @param headers of the session that the request was made in
  void after(UpstreamFault fault, long id, List<Header> headers) {
    boolean abandoned = fault.kind() == Kind.ABANDONED;
    if (!(abandoned || fault.kind() == Kind.TIMEOUT) || !places.tryAcquire()) {
      return;
    }
    ObjectNode message =
        Messages.object().put("jsonrpc", "2.0").put("method", "notifications/cancelled");
    message
        .putObject("params")
        .put("requestId", id)
        .put("reason", abandoned ? "the caller gave up" : "no answer in time");
    Thread.startVirtualThread(() -> send(headers, Messages.bytes(message)));
  }

  private void send(List<Header> headers, byte[] message) {
    try {
      channel.notify(headers, message, Deadline.after(TIMEOUT));
    } catch (UpstreamFault fault) {
      LOG.debug("a cancellation was not taken: {}", fault.operatorDetail());
    } finally {
      places.release();
    }
  }
}
