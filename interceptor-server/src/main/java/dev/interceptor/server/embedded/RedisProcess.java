package dev.interceptor.server.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/// A Redis server on 127.0.0.1 with a password and an append-only file, so that its data outlives
/// it. The port is chosen at the first start and kept by later ones. Not thread-safe.
final class RedisProcess {
  private static final Duration LONGEST_START = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 5;

  private final Path data;
  private final String password;
  private @Nullable Process server;
  private int port;

  /// @param password letters and digits only
  RedisProcess(Path data, String password) {
    this.data = data;
    this.password = password;
  }

  void start() {
    if (server != null) {
      return;
    }
    try {
      Files.createDirectories(data);
      endLeftover();
      server = launch();
      Files.writeString(pidFile(), Long.toString(server.pid()));
    } catch (IOException e) {
      throw new UncheckedIOException("embedded Redis did not start", e);
    }
  }

  void stop() {
    if (server == null) {
      return;
    }
    server.destroy();
    try {
      if (!server.waitFor(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS)) {
        server.destroyForcibly();
      }
      Files.deleteIfExists(pidFile());
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("the pid file of embedded Redis cannot be removed", e);
    }
    server = null;
  }

  /// The address with the password in it; not for logs.
  URI uri() {
    return URI.create("redis://:" + password + "@127.0.0.1:" + port);
  }

  long pid() {
    if (server == null) {
      throw new IllegalStateException("embedded Redis is not running");
    }
    return server.pid();
  }

  private Process launch() throws IOException {
    Path program = program();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      int candidate = port == 0 ? freePort() : port;
      Process started = launch(program, candidate);
      if (accepts(started, candidate)) {
        port = candidate;
        return started;
      }
      started.destroyForcibly();
    }
    throw new IOException("redis-server ended at once, see " + data.resolve("redis.log"));
  }

  /// The settings go through standard input, so that the password is in no process list.
  private Process launch(Path program, int candidate) throws IOException {
    var process =
        new ProcessBuilder(program.toString(), "-")
            .directory(data.toFile())
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("redis.log").toFile())
            .start();
    try (var settings = process.getOutputStream()) {
      settings.write(
          """
          bind 127.0.0.1
          port %d
          requirepass %s
          appendonly yes
          appendfsync everysec
          save ""
          """
              .formatted(candidate, password)
              .getBytes(StandardCharsets.UTF_8));
    }
    return process;
  }

  /// Waits until the server has loaded its data: it answers `PING` without an error about loading.
  private boolean accepts(Process started, int candidate) throws IOException {
    long deadline = System.nanoTime() + LONGEST_START.toNanos();
    while (started.isAlive() && System.nanoTime() < deadline) {
      if (pong(candidate)) {
        return started.isAlive();
      }
      pause(started);
    }
    return false;
  }

  private boolean pong(int candidate) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate), 500);
      socket.setSoTimeout(1_000);
      var ask = "AUTH " + password + "\r\nPING\r\n";
      socket.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
      var expected = "+OK\r\n+PONG\r\n";
      byte[] answer = socket.getInputStream().readNBytes(expected.length());
      return new String(answer, StandardCharsets.US_ASCII).equals(expected);
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause(Process started) throws IOException {
    try {
      started.waitFor(10, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Redis starts", e);
    }
  }

  /// The program from the jar, unpacked into the state folder once.
  private Path program() throws IOException {
    Path folder = Files.createDirectories(data.resolve("bin"));
    try (var programs = Files.newDirectoryStream(folder, "redis-server*")) {
      for (Path found : programs) {
        if (Files.isExecutable(found)) {
          return found;
        }
      }
    }
    return ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
  }

  private void endLeftover() throws IOException {
    if (Files.exists(pidFile())) {
      Leftover.end(Long.parseLong(Files.readString(pidFile()).strip()), "redis-server");
    }
  }

  private Path pidFile() {
    return data.resolve("redis.pid");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
