package dev.interceptor.guard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.VerificationKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Publishes a key set on 127.0.0.1, as well or as badly as a test wants.
final class KeySetServer implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  final AtomicInteger asked = new AtomicInteger();

  /// An answer is chosen first and sent when one of these is free.
  final Semaphore sendable = new Semaphore(Integer.MAX_VALUE);

  volatile Answer answer = set("max-age=60");

  /// @param stallsAfter bytes of the body after which nothing more is sent; negative for all
  record Answer(int status, String cacheControl, String body, int stallsAfter) {}

  KeySetServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(threads);
    http.createContext("/jwks.json", this::respond);
    http.createContext("/elsewhere", exchange -> send(exchange, set("", key(1))));
    http.start();
  }

  static VerificationKey key(int number) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) number);
    return SigningKey.ofSeed(seed).publicKey();
  }

  static Answer set(String cacheControl, VerificationKey... keys) {
    return new Answer(200, cacheControl, json(keys), -1);
  }

  static String json(VerificationKey... keys) {
    return JwkSet.of(List.of(keys)).toJson();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/jwks.json");
  }

  private void respond(HttpExchange exchange) throws IOException {
    Answer chosen = answer;
    asked.incrementAndGet();
    sendable.acquireUninterruptibly();
    try {
      send(exchange, chosen);
    } finally {
      sendable.release();
    }
  }

  private static void send(HttpExchange exchange, Answer chosen) throws IOException {
    exchange.getResponseHeaders().set("Location", "/elsewhere");
    if (!chosen.cacheControl().isEmpty()) {
      exchange.getResponseHeaders().set("Cache-Control", chosen.cacheControl());
    }
    byte[] body = chosen.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(chosen.status(), body.length);
    if (chosen.stallsAfter() >= 0) {
      exchange.getResponseBody().write(body, 0, chosen.stallsAfter());
      exchange.getResponseBody().flush();
      return;
    }
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
