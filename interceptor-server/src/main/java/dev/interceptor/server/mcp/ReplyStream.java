package dev.interceptor.server.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.background.Sweeper;
import dev.interceptor.server.http.Departure;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way back to the client for one request: JSON if the answer comes soon and alone, else a
/// stream of server-sent events.
///
/// It becomes a stream when something has to be sent before the answer, and after one second
/// without an answer; from then on comments show every second whether the client is still there.
/// Safe for use by many threads.
final class ReplyStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplyStream.class);
  private static final long PATIENCE = Duration.ofSeconds(1).toNanos();
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
  private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EVENT = "event: message\ndata: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  /// How far the answer is.
  private enum Phase {
    WAITING,
    STREAMING,
    DONE
  }

  private final HttpServletResponse response;
  private final Sweeper<ReplyStream> keepAlives;
  private final Departure loss = new Departure();
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean beingKeptAlive = new AtomicBoolean();
  private volatile long lastSign = System.nanoTime();
  private Phase phase = Phase.WAITING;
  private boolean broken;

  /// Looks after answers that take long.
  static Sweeper<ReplyStream> keepAlives() {
    return Sweeper.start("mcp-keep-alives", BETWEEN_LOOKS, ReplyStream::keepAliveIfDue);
  }

  /// @param requestId for the header that names the exchange in the logs
  ReplyStream(HttpServletResponse response, String requestId, Sweeper<ReplyStream> keepAlives) {
    this.response = response;
    this.keepAlives = keepAlives;
    response.setHeader("X-Request-Id", requestId);
    response.setHeader("Cache-Control", "no-store");
    keepAlives.add(this);
  }

  /// Sends a message before the answer; one that comes after it is dropped.
  void event(ObjectNode message) {
    write(() -> {
      beginStream();
      writeEvent(message);
    });
  }

  /// Makes the answer a stream, if it is not one yet.
  void open() {
    write(this::beginStream);
  }

  /// Sends the answer and ends.
  ///
  /// @param status HTTP's, as long as nothing has left
  /// @param message empty for an answer without a body
  void finish(int status, Optional<ObjectNode> message) {
    write(() -> {
      if (phase == Phase.STREAMING) {
        if (message.isPresent()) {
          writeEvent(message.get());
        }
      } else {
        writeWhole(status, message);
      }
      phase = Phase.DONE;
    });
    keepAlives.remove(this);
  }

  /// The loss of the connection, as far as it was noticed.
  Departure loss() {
    return loss;
  }

  private void keepAliveIfDue() {
    if (System.nanoTime() - lastSign > PATIENCE && !beingKeptAlive.get()) {
      // A client that does not read must not hold up the others.
      Thread.startVirtualThread(this::keepAlive);
    }
  }

  private void keepAlive() {
    if (!beingKeptAlive.compareAndSet(false, true)) {
      return;
    }
    try {
      write(() -> {
        beginStream();
        OutputStream out = response.getOutputStream();
        out.write(COMMENT);
        out.flush();
      });
    } finally {
      beingKeptAlive.set(false);
    }
  }

  /// Nobody looks after the answer any more, however it ended.
  @Override
  public void close() {
    keepAlives.remove(this);
  }

  private void write(Writing writing) {
    boolean gone = false;
    lock.lock();
    try {
      if (phase == Phase.DONE || broken) {
        return;
      }
      lastSign = System.nanoTime();
      writing.run();
    } catch (IOException e) {
      LOG.debug("a client has gone: {}", e.getClass().getSimpleName());
      broken = true;
      gone = true;
    } finally {
      lock.unlock();
    }
    if (gone) {
      keepAlives.remove(this);
      loss.leave();
    }
  }

  private void beginStream() {
    if (phase != Phase.WAITING) {
      return;
    }
    phase = Phase.STREAMING;
    response.setStatus(200);
    response.setContentType("text/event-stream");
    response.setHeader("X-Accel-Buffering", "no");
  }

  private void writeEvent(ObjectNode message) throws IOException {
    OutputStream out = response.getOutputStream();
    out.write(EVENT);
    out.write(bytes(message));
    out.write(END);
    out.flush();
  }

  private void writeWhole(int status, Optional<ObjectNode> message) throws IOException {
    response.setStatus(status);
    if (message.isPresent()) {
      byte[] body = bytes(message.get());
      response.setContentType("application/json");
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    } else {
      response.setContentLength(0);
    }
  }

  private static byte[] bytes(ObjectNode message) {
    try {
      return Jackson.MAPPER.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer could not be written", e);
    }
  }

  private interface Writing {
    void run() throws IOException;
  }
}
