package dev.interceptor.server.live;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// A keep-alive HTTP/1.1 client over one socket that notes when a request left and when the first
/// byte of its answer came. Not thread-safe.
public final class RawClient implements AutoCloseable {
  private static final int LONGEST_SILENCE_MILLIS = 20_000;

  private final URI base;
  private final Socket socket;
  private final InputStream in;

  public RawClient(URI base) throws IOException {
    this.base = base;
    this.socket = new Socket(base.getHost(), base.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(LONGEST_SILENCE_MILLIS);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /// @param head the status line and the headers
  /// @param sentAt [RunningTime] just before the first byte was written
  /// @param firstByteAt [RunningTime] just after the first byte of the answer was read
  /// @param doneAt [RunningTime] after its last byte
  public record Reply(
      int status, String head, String body, long sentAt, long firstByteAt, long doneAt) {
    public Duration took() {
      return Duration.ofNanos(doneAt - sentAt);
    }

    /// The stable code of a problem, empty for any other answer.
    public String code() {
      int start = body.indexOf("\"code\":\"");
      return start < 0 ? "" : body.substring(start + 8, body.indexOf('"', start + 8));
    }
  }

  public Reply get(String path, String apiKey) throws IOException {
    return send("GET", path, apiKey, "", () -> {});
  }

  public Reply delete(String path, String apiKey) throws IOException {
    return send("DELETE", path, apiKey, "", () -> {});
  }

  public Reply post(String path, String apiKey, String json) throws IOException {
    return send("POST", path, apiKey, json, () -> {});
  }

  /// @param onFirstByte runs as soon as the answer begins
  public Reply post(String path, String apiKey, String json, Runnable onFirstByte)
      throws IOException {
    return send("POST", path, apiKey, json, onFirstByte);
  }

  private Reply send(String method, String path, String apiKey, String json, Runnable onFirstByte)
      throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(
                method,
                path,
                base.getHost(),
                base.getPort(),
                apiKey.isEmpty() ? "" : "X-API-Key: " + apiKey + "\r\n",
                body.length);
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    byte[] request = new byte[start.length + body.length];
    System.arraycopy(start, 0, request, 0, start.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    return exchange(request, onFirstByte);
  }

  /// Sends the bytes as they are, head and body, and reads one answer.
  public Reply raw(byte[] request) throws IOException {
    return exchange(request, () -> {});
  }

  private Reply exchange(byte[] request, Runnable onFirstByte) throws IOException {
    long sentAt = RunningTime.nanoTime();
    socket.getOutputStream().write(request);
    int first = in.read();
    long firstByteAt = RunningTime.nanoTime();
    onFirstByte.run();
    if (first < 0) {
      throw new IOException("the server closed the connection");
    }
    return answer((char) first, sentAt, firstByteAt);
  }

  private Reply answer(char first, long sentAt, long firstByteAt) throws IOException {
    String status = first + line();
    var head = new StringBuilder(status).append('\n');
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      head.append(header).append('\n');
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Reply(
        Integer.parseInt(status.substring(9, 12)),
        head.toString(),
        body,
        sentAt,
        firstByteAt,
        RunningTime.nanoTime());
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the answer ended early");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
