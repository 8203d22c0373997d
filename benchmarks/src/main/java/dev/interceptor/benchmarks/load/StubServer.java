package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/// The fastest upstream there can be: one thread, answers of fixed text, no token verified. Any
/// POST gets an answer; the body decides which.
public final class StubServer {
  private static final int BUFFER = 64 * 1024;

  private final Replies replies;

  private final ServerSocketChannel listener;
  private final Selector selector;

  private static final class Connection {
    final byte[] request = new byte[BUFFER];
    final ByteBuffer in = ByteBuffer.wrap(request);
  }

  /// What the stub says.
  public interface Replies {
    /// The whole response to the request whose body is `request[from, to)`.
    ByteBuffer to(byte[] request, int from, int to);
  }

  private StubServer(Replies replies, ServerSocketChannel listener, Selector selector) {
    this.replies = replies;
    this.listener = listener;
    this.selector = selector;
  }

  /// To calls of MCP tools.
  public static Replies mcp() {
    return McpReplies::to;
  }

  /// Serves on a free port of the loopback address, prints the port, and ends with its standard
  /// input: a stub does not outlive the run that started it.
  public static void main(Replies replies) throws IOException {
    StubServer server = open(replies);
    System.out.println(server.port());
    Thread.ofPlatform().daemon().start(StubServer::exitWithInput);
    server.serve();
  }

  @SuppressWarnings(
      "SystemExitOutsideMain") // Part of main, on the thread that waits for the parent.
  private static void exitWithInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      System.err.println("stub: " + e.getMessage());
    }
    System.exit(0);
  }

  private static StubServer open(Replies replies) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    listener.configureBlocking(false);
    Selector selector = Selector.open();
    listener.register(selector, SelectionKey.OP_ACCEPT);
    return new StubServer(replies, listener, selector);
  }

  int port() {
    return listener.socket().getLocalPort();
  }

  private void serve() throws IOException {
    while (true) {
      selector.select();
      for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
        SelectionKey key = ready.next();
        ready.remove();
        if (key.isAcceptable()) {
          accept();
        } else {
          answer(key);
        }
      }
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = listener.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ, new Connection());
    }
  }

  private void answer(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    Connection connection = (Connection) key.attachment();
    ByteBuffer buffer = connection.in;
    try {
      if (channel.read(buffer) < 0) {
        channel.close();
        return;
      }
      int consumed = answerAll(channel, connection.request, buffer.position());
      if (consumed > 0) {
        buffer.flip().position(consumed);
        buffer.compact();
      }
    } catch (IOException e) {
      channel.close();
    }
  }

  /// @return how many bytes of the buffer have been answered
  private int answerAll(SocketChannel channel, byte[] bytes, int length) throws IOException {
    int head = HttpFrame.headEnd(bytes, length);
    if (head < 0) {
      return 0;
    }
    int end = head + HttpFrame.bodyLength(bytes, head);
    if (end > BUFFER) {
      throw new IOException("a request of " + end + " bytes is too long for the stub");
    }
    if (length < end) {
      return 0;
    }
    ByteBuffer reply = replies.to(bytes, head, end);
    while (reply.hasRemaining()) {
      channel.write(reply);
    }
    return end;
  }
}
