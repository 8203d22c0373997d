package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A closed loop: each connection sends its next request as soon as the last one is answered. One
/// thread serves all connections, so that the generator costs little beside what it measures.
final class LoadGenerator implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /// Which sessions the calls belong to.
  enum Sessions {
    /// Each call has its own.
    DISTINCT,
    /// Each connection has its own.
    CONNECTION,
    /// All calls share one.
    SHARED
  }

  private final Sessions sessions;
  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();
  private long nextNumber;

  private LoadGenerator(Sessions sessions, Selector selector, long firstNumber) {
    this.sessions = sessions;
    this.selector = selector;
    this.nextNumber = firstNumber;
  }

  private static final class Connection {
    final SocketChannel channel;
    final RequestTemplate template;
    final byte[] request;
    final ByteBuffer out;
    final byte[] answer = new byte[BUFFER];
    final ByteBuffer in = ByteBuffer.wrap(answer);
    long sentAt;

    Connection(SocketChannel channel, RequestTemplate template, long number) {
      this.channel = channel;
      this.template = template;
      this.request = template.numbered(number);
      this.out = ByteBuffer.wrap(request);
    }
  }

  /// @param firstNumber the first session's number
  static LoadGenerator connect(Target target, int connections, long firstNumber)
      throws IOException {
    URI url = target.url();
    Sessions sessions = target.sessions();
    var generator = new LoadGenerator(sessions, Selector.open(), firstNumber);
    for (int i = 0; i < connections; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      long number = sessions == Sessions.SHARED ? firstNumber : generator.nextNumber++;
      var connection = new Connection(channel, target.opening().open(), number);
      generator.connections.add(connection);
      channel.register(generator.selector, SelectionKey.OP_READ, connection);
    }
    return generator;
  }

  /// What one window of time measured.
  ///
  /// @param latencies of the right answers
  /// @param seconds from the first request to the last answer
  /// @param wrong the answers that were not the tool's to that request; the first one is printed
  record Window(Latencies latencies, double seconds, int wrong) {
    double requestsPerSecond() {
      return latencies.count() / seconds;
    }
  }

  /// Sends for `length`, then waits for the answers that are under way.
  ///
  /// @throws IOException if a server falls silent or closes a connection
  Window run(Duration length) throws IOException {
    Latencies latencies = new Latencies();
    int wrong = 0;
    long start = System.nanoTime();
    long end = start + length.toNanos();
    for (Connection connection : connections) {
      send(connection);
    }
    int pending = connections.size();
    while (pending > 0) {
      if (selector.select(LONGEST_SILENCE.toMillis()) == 0) {
        throw new IOException("no answer within " + LONGEST_SILENCE);
      }
      for (SelectionKey key : selector.selectedKeys()) {
        Connection connection = (Connection) key.attachment();
        int answerEnd = read(connection);
        if (answerEnd >= 0) {
          long now = System.nanoTime();
          if (isRight(connection, answerEnd)) {
            latencies.add(now - connection.sentAt);
          } else if (wrong++ == 0) {
            System.err.println("wrong: " + text(connection.answer, answerEnd));
          }
          connection.in.clear();
          if (now < end) {
            send(connection);
          } else {
            pending--;
          }
        }
      }
      selector.selectedKeys().clear();
    }
    return new Window(latencies, (System.nanoTime() - start) / 1e9, wrong);
  }

  private void send(Connection connection) throws IOException {
    if (sessions == Sessions.DISTINCT) {
      connection.template.number(connection.request, nextNumber++);
    }
    connection.out.rewind();
    connection.sentAt = System.nanoTime();
    while (connection.out.hasRemaining()) {
      connection.channel.write(connection.out);
    }
  }

  /// @return the end of the answer, or -1 if it has not arrived
  private static int read(Connection connection) throws IOException {
    if (connection.channel.read(connection.in) < 0) {
      throw new IOException("the server closed a connection");
    }
    return HttpFrame.answerEnd(connection.answer, connection.in.position());
  }

  private static boolean isRight(Connection connection, int end) {
    byte[] answer = connection.answer;
    int head = HttpFrame.headEnd(answer, end);
    return HttpFrame.status(answer) == 200
        && McpReplies.isIn(answer, head, end)
        && connection.template.isNumberedLike(connection.request, answer, head, end);
  }

  private static String text(byte[] answer, int end) {
    return new String(answer, 0, end, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
