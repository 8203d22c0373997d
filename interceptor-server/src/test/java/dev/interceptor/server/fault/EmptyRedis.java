package dev.interceptor.server.fault;

import dev.interceptor.server.live.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A second Redis, without data and without a password, on any free port of 127.0.0.1.
record EmptyRedis(Process process, int port) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// @param folder of a Redis that runs from it, for the program
  static EmptyRedis start(Path folder) throws Exception {
    int port = freePort();
    Process process =
        new ProcessBuilder(
                program(folder).toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no")
            .directory(Files.createTempDirectory(folder, "empty").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Await.until("the empty Redis", PATIENCE, () -> accepts(port));
    return new EmptyRedis(process, port);
  }

  private static boolean accepts(int port) {
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Path program(Path folder) throws IOException {
    try (var programs = Files.newDirectoryStream(folder.resolve("bin"), "redis-server*")) {
      return programs.iterator().next();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
