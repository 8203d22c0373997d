package dev.interceptor.server.languages;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.interceptor.server.languages.Examples.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One of the example servers, as a process of its own on a port of its own.
final class GuardedServer implements AutoCloseable {
  private final Process process;
  private final URI url;
  private final HttpClient http = HttpClient.newHttpClient();

  private GuardedServer(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  static URI freeUrl() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/mcp");
    }
  }

  /// Starts a server; it accepts connections when this returns.
  static GuardedServer start(Program program, String script, URI url, String jwks)
      throws IOException {
    Process process =
        program
            .with(script, Integer.toString(url.getPort()), jwks)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader output = process.inputReader();
    String ready = output.readLine();
    if (ready == null || !ready.contains(url.toString())) {
      process.destroyForcibly();
      throw new IllegalStateException(script + " did not start: " + ready);
    }
    return new GuardedServer(process, url);
  }

  /// @return the answer to a message that goes to the server directly
  HttpResponse<String> send(String method, String params, Optional<String> token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}"
                        .formatted(method, params)));
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /// @return the status of the answer to a message with these bytes as parameters
  int send(String method, byte[] params) throws IOException, InterruptedException {
    byte[] head =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":"
            .formatted(method)
            .getBytes(US_ASCII);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(
                HttpRequest.BodyPublishers.ofByteArrays(
                    List.of(head, params, "}".getBytes(US_ASCII))))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Override
  public void close() {
    http.close();
    process.destroyForcibly();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
  }
}
