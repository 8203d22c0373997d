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

  private final RequestTemplate request;
  private final Sessions sessions;
  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();
  private long nextNumber;

  private LoadGenerator(
      RequestTemplate request, Sessions sessions, Selector selector, long firstNumber) {
    this.request = request;
    this.sessions = sessions;
    this.selector = selector;
    this.nextNumber = firstNumber;
  }

  private static final class Connection {
    final SocketChannel channel;
    final byte[] request;
    final ByteBuffer out;
    final byte[] answer = new byte[BUFFER];
    final ByteBuffer in = ByteBuffer.wrap(answer);
    long sentAt;

    Connection(SocketChannel channel, byte[] request) {
      this.channel = channel;
      this.request = request;
      this.out = ByteBuffer.wrap(request);
    }
  }

  /// @param firstNumber the first session's number
  static LoadGenerator connect(
      URI url, RequestTemplate request, int connections, Sessions sessions, long firstNumber)
      throws IOException {
    var generator = new LoadGenerator(request, sessions, Selector.open(), firstNumber);
    for (int i = 0; i < connections; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      long number = sessions == Sessions.SHARED ? firstNumber : generator.nextNumber++;
      var connection = new Connection(channel, request.numbered(number));
      generator.connections.add(connection);
      channel.register(generator.selector, SelectionKey.OP_READ, connection);
    }
    return generator;
  }

  /// What one window of time measured.
  ///
  /// @param seconds from the first request to the last answer
  record Window(Latencies latencies, double seconds) {
    double requestsPerSecond() {
      return latencies.count() / seconds;
    }
  }

  /// Sends for `length`, then waits for the answers that are under way.
  ///
  /// @throws IOException if an answer is not 200 or a server falls silent
  Window run(Duration length) throws IOException {
    Latencies latencies = new Latencies();
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
        if (isAnswered(connection)) {
          long now = System.nanoTime();
          latencies.add(now - connection.sentAt);
          if (now < end) {
            send(connection);
          } else {
            pending--;
          }
        }
      }
      selector.selectedKeys().clear();
    }
    return new Window(latencies, (System.nanoTime() - start) / 1e9);
  }

  private void send(Connection connection) throws IOException {
    if (sessions == Sessions.DISTINCT) {
      request.number(connection.request, nextNumber++);
    }
    connection.out.rewind();
    connection.sentAt = System.nanoTime();
    while (connection.out.hasRemaining()) {
      connection.channel.write(connection.out);
    }
  }

  /// The number that no session has had.
  long nextNumber() {
    return nextNumber;
  }

  private static boolean isAnswered(Connection connection) throws IOException {
    ByteBuffer in = connection.in;
    byte[] answer = connection.answer;
    if (connection.channel.read(in) < 0) {
      throw new IOException("the server closed a connection");
    }
    int head = HttpFrame.headEnd(answer, in.position());
    if (head < 0 || in.position() < head + HttpFrame.bodyLength(answer, head)) {
      return false;
    }
    if (HttpFrame.status(answer) != 200) {
      throw new IOException(
          "not 200: " + new String(answer, 0, in.position(), StandardCharsets.UTF_8));
    }
    in.clear();
    return true;
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
