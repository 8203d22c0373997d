package dev.interceptor.benchmarks.llm;

import dev.interceptor.benchmarks.load.ChildProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Portkey's gateway, as its package starts it. It listens on every address of its network, so that
/// `benchmarks/run` gives this run a network of its own.
final class Portkey implements AutoCloseable {
  static final String NAME = "portkey";

  /// The version that its package file pins.
  static final String NODE = "22.23.3";

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  private final ChildProcess process;
  private final URI url;

  private Portkey(ChildProcess process, URI url) {
    this.process = process;
    this.url = url;
  }

  /// @param folder where its package is installed
  static Portkey start(Path folder, Path log) throws IOException {
    int port = freePort();
    Path modules = folder.resolve("node_modules");
    List<String> command =
        List.of(
            modules.resolve(".bin/node").toString(),
            modules.resolve("@portkey-ai/gateway/build/start-server.js").toString(),
            "--port=" + port,
            "--headless");
    ChildProcess process = ChildProcess.start(command, log, START);
    awaitListening(process, port);
    return new Portkey(process, URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"));
  }

  /// What it prints comes before it listens.
  private static void awaitListening(ChildProcess process, int port) throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!isListening(port)) {
      if (System.nanoTime() > deadline) {
        process.close();
        throw new IOException("Portkey's gateway does not listen: see its log");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean isListening(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  ModelTarget before(URI provider) {
    Map<String, String> headers =
        Map.of(
            "Authorization",
            "Bearer stub",
            "x-portkey-provider",
            "openai",
            "x-portkey-custom-host",
            provider.toString());
    return new ModelTarget(NAME, url, headers, Optional.of(process.pid()));
  }

  @Override
  public void close() {
    process.close();
  }
}
