package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.Mailbox.Purpose;
import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// JSON-RPC with one process over its standard input and output, a message a line. All exchanges
/// share the two pipes; answers find theirs by the request's id, in any order.
///
/// Lives as long as the process: once that has ended, or has broken the protocol and is ended for
/// it, every request is NOT_SENT.
final class StdioRpcChannel implements RpcChannel {
  static final int MAX_STRAY_LINES = 16;

  private static final Logger LOG = LoggerFactory.getLogger(StdioRpcChannel.class);
  private static final int MAX_LISTENERS = 64;

  private final UpstreamName upstream;
  private final StdioProcess process;
  private final int maxAnswerBytes;
  private final Semaphore places;
  private final Semaphore listenerPlaces = new Semaphore(MAX_LISTENERS);
  private final AtomicLong ids = new AtomicLong();
  private final Mailboxes mailboxes = new Mailboxes();
  private final AtomicReference<Optional<UpstreamFault>> end =
      new AtomicReference<>(Optional.empty());
  private final Allowance serverRequests = new Allowance(MAX_SERVER_REQUESTS, 1);
  private volatile ServerRequests allowed = ServerRequests.FORBIDDEN;
  private volatile long endedAt;
  private int strayLines;

  private StdioRpcChannel(UpstreamConfig config, StdioProcess process) {
    this.upstream = config.name();
    this.process = process;
    this.maxAnswerBytes = config.maxAnswerBytes();
    this.places = new Semaphore(config.maxConnections(), true);
  }

  /// Starts the command.
  ///
  /// @throws UpstreamFault NOT_SENT if the program cannot be started
  static StdioRpcChannel start(UpstreamConfig config, Target.Command command) throws UpstreamFault {
    StdioProcess process = StdioProcess.start(config.name(), command);
    StdioRpcChannel channel = new StdioRpcChannel(config, process);
    Thread.ofPlatform().daemon().name("stdout-" + config.name()).start(channel::read);
    LOG.info("upstream `{}`: started process {}", config.name(), process.pid());
    return channel;
  }

  @Override
  public Carrier carrier() {
    return Carrier.PIPE;
  }

  @Override
  public long nextId() {
    return ids.incrementAndGet();
  }

  boolean isOpen() {
    return end.get().isEmpty();
  }

  /// Whether the process and all that it has started have ended, too.
  boolean isGone() {
    return process.isStopped();
  }

  /// When the channel ended, by `System.nanoTime`; without meaning while it is open.
  long endedAtNanos() {
    return endedAt;
  }

  @Override
  public RpcAnswer request(Exchange exchange) throws UpstreamFault {
    acquirePlace(exchange.deadline());
    try {
      return exchange(exchange, new Mailbox(Purpose.ANSWER, maxAnswerBytes));
    } finally {
      places.release();
    }
  }

  private void acquirePlace(Deadline deadline) throws UpstreamFault {
    try {
      if (places.tryAcquire(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    throw new UpstreamFault(Kind.NOT_SENT, "too many calls are under way with this process");
  }

  private RpcAnswer exchange(Exchange exchange, Mailbox mailbox) throws UpstreamFault {
    mailboxes.open(exchange.id(), mailbox);
    try (var _ = exchange.leaving().onLeave(() -> mailbox.end(abandoned()))) {
      requireOpen();
      if (mailbox.isAbandoned()) {
        throw new UpstreamFault(Kind.GIVEN_UP, "the caller left");
      }
      allowed = exchange.allowed();
      write(exchange.body(), exchange.deadline());
      return mailbox.await(exchange.notices(), exchange.deadline());
    } finally {
      mailboxes.close(exchange.id());
    }
  }

  private static UpstreamFault abandoned() {
    return new UpstreamFault(Kind.ABANDONED, "the caller left");
  }

  private void requireOpen() throws UpstreamFault {
    if (!isOpen()) {
      throw new UpstreamFault(Kind.NOT_SENT, "the process has ended");
    }
  }

  /// Nothing can follow a line that was begun and not finished.
  private void write(byte[] message, Deadline deadline) throws UpstreamFault {
    try {
      process.input().write(message, deadline);
    } catch (UpstreamFault fault) {
      if (fault.kind() != Kind.NOT_SENT) {
        end(new UpstreamFault(Kind.DISCONNECTED, fault.operatorDetail()));
      }
      throw fault;
    }
  }

  @Override
  public void notify(List<Header> headers, byte[] body, Deadline deadline) throws UpstreamFault {
    requireOpen();
    write(body, deadline);
  }

  @Override
  public RpcAnswer listen(Exchange exchange) throws UpstreamFault {
    acquireListenerPlace();
    try {
      return exchange(exchange, new Mailbox(Purpose.NOTICES, maxAnswerBytes));
    } finally {
      listenerPlaces.release();
    }
  }

  @Override
  public RpcAnswer overhear(Exchange exchange, Runnable begun) throws UpstreamFault {
    acquireListenerPlace();
    Mailbox mailbox = new Mailbox(Purpose.NOTICES_AT_LEISURE, maxAnswerBytes);
    mailboxes.openForAll(mailbox);
    try (var _ = exchange.leaving().onLeave(() -> mailbox.end(abandoned()))) {
      requireOpen();
      begun.run();
      return mailbox.await(exchange.notices(), exchange.deadline());
    } finally {
      mailboxes.closeForAll(mailbox);
      listenerPlaces.release();
    }
  }

  private void acquireListenerPlace() throws UpstreamFault {
    if (!listenerPlaces.tryAcquire()) {
      throw new UpstreamFault(Kind.NOT_SENT, MAX_LISTENERS + " streams are open already");
    }
  }

  /// The session is the process.
  @Override
  public void endSession(List<Header> headers, Deadline deadline) {}

  private void read() {
    LineReader lines = new LineReader(process.output(), maxAnswerBytes);
    try {
      for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
        take(line.get());
      }
      end(new UpstreamFault(Kind.DISCONNECTED, "the process has ended"));
    } catch (UpstreamFault broken) {
      end(broken);
    } catch (IOException _) {
      end(new UpstreamFault(Kind.DISCONNECTED, "the process has closed its output"));
    }
  }

  private void take(byte[] line) throws UpstreamFault {
    ObjectNode message;
    try {
      message = Messages.parse(line);
    } catch (UpstreamFault notJson) {
      stray(notJson.operatorDetail());
      return;
    }
    if (!message.path("jsonrpc").asText("").equals("2.0")) {
      stray("not JSON-RPC 2.0");
    } else if (!message.has("method")) {
      mailboxes.answered(message);
    } else if (message.has("id")) {
      asked(message);
    } else {
      mailboxes.noticed(message, line.length);
    }
  }

  /// Some servers print to their output what belongs to their log.
  private void stray(String why) throws UpstreamFault {
    strayLines++;
    LOG.warn("upstream `{}`: a line of its output was ignored: {}", upstream, why);
    if (strayLines > MAX_STRAY_LINES) {
      throw UpstreamFault.protocol(
          "more than " + MAX_STRAY_LINES + " lines of the output are no messages");
    }
  }

  private void asked(ObjectNode message) throws UpstreamFault {
    if (!serverRequests.take()) {
      throw UpstreamFault.protocol("the server makes too many requests");
    }
    byte[] reply;
    try {
      reply = Responses.toServer(message, allowed, 0);
    } catch (UpstreamFault forbidden) {
      stray(forbidden.operatorDetail());
      return;
    }
    process.input().offer(reply);
  }

  private void end(UpstreamFault why) {
    if (!end.compareAndSet(Optional.empty(), Optional.of(why))) {
      return;
    }
    endedAt = System.nanoTime();
    LOG.warn("upstream `{}`: process {}: {}", upstream, process.pid(), why.operatorDetail());
    mailboxes.end(why);
    Thread.startVirtualThread(process::stop);
  }

  /// Ends the process, within 6 s.
  @Override
  public void close() {
    UpstreamFault closed = new UpstreamFault(Kind.DISCONNECTED, "the process was stopped");
    if (end.compareAndSet(Optional.empty(), Optional.of(closed))) {
      endedAt = System.nanoTime();
      mailboxes.end(closed);
    }
    process.stop();
  }
}
