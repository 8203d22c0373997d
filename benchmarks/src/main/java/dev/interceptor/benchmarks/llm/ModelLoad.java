package dev.interceptor.benchmarks.llm;

import dev.interceptor.benchmarks.load.HttpFrame;
import dev.interceptor.benchmarks.load.Latencies;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A closed loop of one thread: each connection asks again as soon as the last answer has ended.
final class ModelLoad implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(20);
  private static final byte[] STOP =
      "\"finish_reason\":\"stop\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "data: [DONE]".getBytes(StandardCharsets.US_ASCII);

  private final Shape shape;
  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();

  private ModelLoad(Shape shape, Selector selector) {
    this.shape = shape;
    this.selector = selector;
  }

  private static final class Connection {
    final SocketChannel channel;
    final ByteBuffer out;
    final byte[] answer = new byte[BUFFER];
    final ByteBuffer in = ByteBuffer.wrap(answer);
    long sentAt;
    long firstAt;

    Connection(SocketChannel channel, byte[] request) {
      this.channel = channel;
      this.out = ByteBuffer.wrap(request);
    }
  }

  static ModelLoad connect(ModelTarget target, Shape shape, int connections) throws IOException {
    var load = new ModelLoad(shape, Selector.open());
    for (int i = 0; i < connections; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(target.url().getHost(), target.url().getPort()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      var connection = new Connection(channel, target.request(shape, i));
      load.connections.add(connection);
      channel.register(load.selector, SelectionKey.OP_READ, connection);
    }
    return load;
  }

  /// What one window of time measured.
  ///
  /// @param whole from the request to the end of the answer
  /// @param first from the request to the first byte of the answer's body
  /// @param wrong the answers that were none; the first one is printed
  record Window(Latencies whole, Latencies first, double seconds, int wrong) {}

  /// Asks for `length`, then waits for the answers that are under way.
  ///
  /// @throws IOException if a server falls silent or closes a connection
  Window run(Duration length) throws IOException {
    Latencies whole = new Latencies();
    Latencies first = new Latencies();
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
          if (isRight(connection.answer, answerEnd)) {
            whole.add(now - connection.sentAt);
            first.add(connection.firstAt - connection.sentAt);
          } else if (wrong++ == 0) {
            System.err.println(
                "wrong: " + new String(connection.answer, 0, answerEnd, StandardCharsets.UTF_8));
          }
          if (now < end) {
            send(connection);
          } else {
            pending--;
          }
        }
      }
      selector.selectedKeys().clear();
    }
    return new Window(whole, first, (System.nanoTime() - start) / 1e9, wrong);
  }

  private static void send(Connection connection) throws IOException {
    connection.in.clear();
    connection.out.rewind();
    connection.firstAt = 0;
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
    int length = connection.in.position();
    if (connection.firstAt == 0) {
      int head = HttpFrame.headEnd(connection.answer, length);
      connection.firstAt = head >= 0 && head < length ? System.nanoTime() : 0;
    }
    return HttpFrame.answerEnd(connection.answer, length);
  }

  private boolean isRight(byte[] answer, int end) {
    int head = HttpFrame.headEnd(answer, end);
    return HttpFrame.status(answer) == 200
        && HttpFrame.after(answer, head, end, STOP) >= 0
        && (shape == Shape.UNARY || HttpFrame.after(answer, head, end, DONE) >= 0);
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
