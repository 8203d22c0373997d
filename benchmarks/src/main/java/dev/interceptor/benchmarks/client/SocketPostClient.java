package dev.interceptor.benchmarks.client;

import dev.interceptor.benchmarks.load.HttpFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// The floor: blocking sockets in a pool, and only as much HTTP as the stub speaks. Not a client
/// for anything else.
final class SocketPostClient implements PostClient {
  private static final int BUFFER = 64 * 1024;

  private final URI url;
  private final byte[] head;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  private static final class Connection {
    final Socket socket;
    final byte[] buffer = new byte[BUFFER];

    Connection(Socket socket) {
      this.socket = socket;
    }
  }

  SocketPostClient(URI url) {
    this.url = url;
    this.head =
        """
        POST %s HTTP/1.1\r
        Host: %s\r
        Accept: application/json\r
        Content-Type: application/json\r
        Content-Length:\
        """
            .formatted(url.getRawPath(), url.getRawAuthority())
            .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public byte[] post(byte[] body) throws IOException {
    @Nullable Connection pooled = idle.pollFirst();
    Connection connection = pooled == null ? connect() : pooled;
    connection.socket.getOutputStream().write(request(body));
    byte[] answer = answer(connection);
    idle.addFirst(connection);
    return answer;
  }

  private byte[] request(byte[] body) throws IOException {
    var request = new ByteArrayOutputStream(head.length + body.length + 16);
    request.write(head);
    request.write((" " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    request.write(body);
    return request.toByteArray();
  }

  private Connection connect() throws IOException {
    Socket socket = new Socket(url.getHost(), url.getPort());
    socket.setTcpNoDelay(true);
    return new Connection(socket);
  }

  private static byte[] answer(Connection connection) throws IOException {
    InputStream in = connection.socket.getInputStream();
    byte[] buffer = connection.buffer;
    int length = 0;
    while (true) {
      int read = in.read(buffer, length, buffer.length - length);
      if (read <= 0) {
        throw new IOException("the connection ended");
      }
      length += read;
      int head = HttpFrame.headEnd(buffer, length);
      if (head > 0 && length >= head + HttpFrame.bodyLength(buffer, head)) {
        if (HttpFrame.status(buffer) != 200) {
          throw new IOException("HTTP " + HttpFrame.status(buffer));
        }
        return Arrays.copyOfRange(buffer, head, length);
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : idle) {
      connection.socket.close();
    }
  }
}
