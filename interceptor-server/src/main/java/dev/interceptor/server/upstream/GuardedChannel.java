package dev.interceptor.server.upstream;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.HttpTransport.Header;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A channel whose requests fail at once while its server is known not to answer.
final class GuardedChannel implements RpcChannel {
  static final int FAILURES = 5;
  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(GuardedChannel.class);

  private final UpstreamName name;
  private final RpcChannel channel;
  private final CircuitBreaker breaker;

  GuardedChannel(UpstreamName name, RpcChannel channel, InstantSource clock) {
    this.name = name;
    this.channel = channel;
    this.breaker = new CircuitBreaker(clock, FAILURES, PAUSE);
  }

  @Override
  public RpcAnswer request(Exchange exchange) throws UpstreamFault {
    if (!breaker.admits()) {
      throw new UpstreamFault(
          UpstreamFault.Kind.NOT_SENT, "the server has failed repeatedly; it is left alone");
    }
    boolean settled = false;
    try {
      RpcAnswer answer = channel.request(exchange);
      settled = true;
      settle(answer);
      return answer;
    } catch (UpstreamFault fault) {
      settled = true;
      settle(fault);
      throw fault;
    } finally {
      if (!settled) {
        breaker.toldNothing();
      }
    }
  }

  private void settle(RpcAnswer answer) {
    boolean broken =
        switch (answer) {
          case RpcAnswer.Result _ -> false;
          case RpcAnswer.Failure failure -> failure.status() >= 500;
          case RpcAnswer.Rejected rejected -> rejected.status() >= 500;
        };
    if (broken) {
      failed();
    } else if (breaker.succeeded()) {
      LOG.info("upstream `{}` answers again", name);
    }
  }

  private void settle(UpstreamFault fault) {
    switch (fault.kind()) {
      case NOT_SENT, TIMEOUT, DISCONNECTED, PROTOCOL -> failed();
      case GIVEN_UP, ABANDONED, REFUSED -> breaker.toldNothing();
    }
  }

  private void failed() {
    if (breaker.failed()) {
      LOG.warn(
          "upstream `{}` failed {} times in a row: calls are refused until it answers again",
          name,
          FAILURES);
    }
  }

  @Override
  public Carrier carrier() {
    return channel.carrier();
  }

  @Override
  public long nextId() {
    return channel.nextId();
  }

  @Override
  public void notify(List<Header> headers, byte[] body, Deadline deadline) throws UpstreamFault {
    channel.notify(headers, body, deadline);
  }

  @Override
  public RpcAnswer listen(Exchange exchange) throws UpstreamFault {
    return channel.listen(exchange);
  }

  @Override
  public RpcAnswer overhear(Exchange exchange, Runnable begun) throws UpstreamFault {
    return channel.overhear(exchange, begun);
  }

  @Override
  public void endSession(List<Header> headers, Deadline deadline) throws UpstreamFault {
    channel.endSession(headers, deadline);
  }

  @Override
  public void close() {
    channel.close();
  }
}
