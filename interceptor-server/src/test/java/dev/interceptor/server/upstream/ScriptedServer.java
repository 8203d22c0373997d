package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// An HTTP server on a raw socket that records what it receives and answers whatever a test wants,
/// also what no HTTP library would send.
public final class ScriptedServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ServerSocket listener;
  private final Script script;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  private ScriptedServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
  }

  /// Answers one request; a thrown exception or a closed wire ends the connection.
  public interface Script {
    void answer(Received request, Wire wire) throws IOException;
  }

  /// A request as it came in.
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  public record Received(String startLine, Map<String, String> headers, byte[] body) {
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public String verb() {
      return startLine.substring(0, startLine.indexOf(' '));
    }

    String method() {
      return json().path("method").asText("");
    }

    String id() {
      return json().path("id").toString();
    }

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  /// The way back to the client.
  public record Wire(Socket socket, OutputStream out) {
    public void raw(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    public void answer(int status, String type, String body, String... headerLines)
        throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" X\r\n");
      head.append("Content-Type: ").append(type).append("\r\n");
      for (String line : headerLines) {
        head.append(line).append("\r\n");
      }
      head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
      raw(head.toString());
      out.write(bytes);
      out.flush();
    }

    public void json(int status, String body, String... headerLines) throws IOException {
      answer(status, "application/json", body, headerLines);
    }

    void result(Received request, String result, String... headerLines) throws IOException {
      json(
          200,
          "{\"result\":" + result + ",\"jsonrpc\":\"2.0\",\"id\":" + request.id() + "}",
          headerLines);
    }

    void error(Received request, int status, int code) throws IOException {
      json(
          status,
          "{\"jsonrpc\":\"2.0\",\"id\":"
              + request.id()
              + ",\"error\":{\"code\":"
              + code
              + ",\"message\":\"no\"}}");
    }

    public void startStream() throws IOException {
      raw(
          """
          HTTP/1.1 200 OK\r
          Content-Type: text/event-stream\r
          Transfer-Encoding: chunked\r
          \r
          """);
    }

    public void chunk(String text) throws IOException {
      raw(
          Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length)
              + "\r\n"
              + text
              + "\r\n");
    }

    /// A message as an event of a stream that has been started.
    public void event(String json) throws IOException {
      chunk("data: " + json + "\n\n");
    }

    /// The response to a request, as an event.
    void resultEvent(Received request, String result) throws IOException {
      event("{\"jsonrpc\":\"2.0\",\"id\":" + request.id() + ",\"result\":" + result + "}");
    }

    void notice(String method, String params) throws IOException {
      event("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}");
    }

    /// Waits until the client has hung up.
    public void awaitHangUp() throws IOException {
      int read;
      do {
        read = socket.getInputStream().read();
      } while (read >= 0);
    }

    /// A moment between two bytes of a peer that never finishes; ends when the client hangs up.
    void pause() throws IOException {
      socket.setSoTimeout(20);
      try {
        if (socket.getInputStream().read() < 0) {
          throw new IOException("the client hung up");
        }
      } catch (SocketTimeoutException e) {
        // The client is still waiting.
      }
    }

    public void endStream() throws IOException {
      raw("0\r\n\r\n");
    }

    public void hangUp() throws IOException {
      socket.close();
    }
  }

  public static ScriptedServer start(Script script) throws IOException {
    ScriptedServer server =
        new ScriptedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    Thread.startVirtualThread(server::accept);
    return server;
  }

  /// Modern: discovers and lists the tool `t`, and leaves calls to `onCall`.
  static ScriptedServer modern(Script onCall) throws IOException {
    return start((request, wire) -> {
      switch (request.method()) {
        case "server/discover" -> wire.result(request, "{\"supportedVersions\":[\"2026-07-28\"]}");
        case "tools/list" -> wire.result(request, "{\"tools\":[{\"name\":\"t\"}]}");
        default -> onCall.answer(request, wire);
      }
    });
  }

  /// Legacy: opens sessions `s1`, `s2`, …, and leaves everything after that to `onRequest`.
  static ScriptedServer legacy(Script onRequest) throws IOException {
    AtomicInteger sessions = new AtomicInteger();
    return start((request, wire) -> {
      switch (request.method()) {
        case "server/discover" ->
            wire.json(
                400,
                "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,\"message\":\"Server not"
                    + " initialized\"},\"id\":null}");
        case "initialize" ->
            wire.result(
                request,
                "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"resources\":"
                    + "{\"subscribe\":true}},\"serverInfo\":{}}",
                "Mcp-Session-Id: s" + sessions.incrementAndGet());
        case "notifications/initialized", "notifications/cancelled" ->
            wire.answer(202, "text/plain", "");
        default -> onRequest.answer(request, wire);
      }
    });
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/mcp");
  }

  public List<Received> received() {
    return received;
  }

  List<Received> received(String method) {
    return received.stream().filter(request -> request.method().equals(method)).toList();
  }

  public int connections() {
    return connections.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.startVirtualThread(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Optional<Received> request = read(in);
        if (request.isEmpty()) {
          return;
        }
        received.add(request.get());
        script.answer(request.get(), new Wire(socket, socket.getOutputStream()));
      }
    } catch (IOException | RuntimeException e) {
      // The client went away or the script ended the connection.
    }
  }

  private static Optional<Received> read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      head.write(next);
    }
    String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
        headers.put(name, lines[i].substring(colon + 1).strip());
      }
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return Optional.of(new Received(lines[0], headers, in.readNBytes(length)));
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
