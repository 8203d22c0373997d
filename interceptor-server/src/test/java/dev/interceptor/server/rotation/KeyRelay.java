package dev.interceptor.server.rotation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// What a load balancer is to the key set: one address, answered by all servers in turn.
final class KeyRelay implements AutoCloseable {
  static final String PATH = "/.well-known/jwks.json";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger turn = new AtomicInteger();
  private final UnaryOperator<byte[]> change;
  private volatile List<URI> behind = List.of();

  private KeyRelay(HttpServer server, UnaryOperator<byte[]> change) {
    this.server = server;
    this.change = change;
  }

  /// @param change applied to every set, so that a test can break it on purpose
  static KeyRelay start(UnaryOperator<byte[]> change) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var relay = new KeyRelay(HttpServer.create(address, 0), change);
    relay.server.createContext(PATH, relay::answer);
    relay.server.setExecutor(relay.threads);
    relay.server.start();
    return relay;
  }

  void to(List<URI> servers) {
    behind = List.copyOf(servers);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
  }

  int fetches() {
    return turn.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI next = behind.get(turn.getAndIncrement() % behind.size());
      HttpResponse<byte[]> reply =
          client.send(
              HttpRequest.newBuilder(next.resolve(PATH)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      reply
          .headers()
          .firstValue("Cache-Control")
          .ifPresent(value -> exchange.getResponseHeaders().add("Cache-Control", value));
      byte[] body = reply.statusCode() == 200 ? change.apply(reply.body()) : reply.body();
      exchange.sendResponseHeaders(reply.statusCode(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    client.close();
  }
}
