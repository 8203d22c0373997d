package dev.interceptor.guard;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import redis.embedded.core.ExecutableProvider;

/// A real Redis process on 127.0.0.1 that a test can stop, freeze, fill and empty. Not thread-safe.
final class RedisServer implements AutoCloseable {
  private static final Path PROGRAM = program();

  private final Path folder;
  private final int port;
  private final List<String> settings;
  private Process process;

  private RedisServer(Path folder, int port, List<String> settings) throws Exception {
    this.folder = folder;
    this.port = port;
    this.settings = settings;
    this.process = launch();
  }

  /// @param settings as on the command line of `redis-server`
  static RedisServer start(String... settings) throws Exception {
    Path folder =
        Files.createTempDirectory(
            Files.createDirectories(Path.of("target")).toAbsolutePath(), "redis");
    return new RedisServer(folder, freePort(), List.of(settings));
  }

  private static Path program() {
    try {
      Path folder = Files.createDirectories(Path.of("target", "redis-bin")).toAbsolutePath();
      return ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process launch() throws Exception {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "--port", "" + port));
    command.addAll(List.of("--bind", "127.0.0.1", "--save", ""));
    command.addAll(settings);
    Process started =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis.log").toFile())
            .start();
    Await.until("Redis answers", Duration.ofSeconds(10), this::answers);
    return started;
  }

  private boolean answers() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      socket.setSoTimeout(1000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(7);
      return new String(answer, StandardCharsets.US_ASCII).equals("+PONG\r\n");
    } catch (IOException e) {
      return false;
    }
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  /// Says something on a connection of its own.
  void say(Consumer<RedisCommands<String, String>> words) {
    try (RedisClient client = RedisClient.create(url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      words.accept(connection.sync());
    }
  }

  /// Leaves no room for another key.
  void fill() {
    say(redis -> redis.configSet("maxmemory", "1"));
  }

  void makeRoom() {
    say(redis -> redis.configSet("maxmemory", "0"));
  }

  /// As `kill -9`.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void startAgain() throws Exception {
    process = launch();
  }

  void freeze() throws Exception {
    signal("-STOP");
  }

  void thaw() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
