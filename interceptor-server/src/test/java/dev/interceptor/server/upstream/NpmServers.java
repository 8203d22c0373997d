package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.server.live.RunningTime;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/// Real MCP servers from npm, installed once into `target/npm` and started on free ports.
public final class NpmServers implements AutoCloseable {
  private static final Map<String, String> PACKAGES =
      Map.of(
          "@modelcontextprotocol/server-everything", "2026.8.31",
          "@modelcontextprotocol/server-filesystem", "2026.8.31",
          "mcp-proxy", "6.7.19");
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("target").resolve("npm");
  private static final Path MODULES = FOLDER.resolve("node_modules");
  private static final Duration INSTALL_TIME = Duration.ofMinutes(4);
  private static final Duration START_TIME = Duration.ofSeconds(60);

  private final List<Process> processes = new ArrayList<>();

  private NpmServers() {}

  /// Installs the packages if they are not there yet. Without Node, npm or a registry the test is
  /// skipped, and a line says so.
  public static NpmServers install() throws IOException, InterruptedException {
    for (String program : List.of("node", "npm")) {
      if (!isOnPath(program)) {
        throw skipped(program + " is not installed");
      }
    }
    Files.createDirectories(FOLDER.resolve("logs"));
    Path lock = FOLDER.resolve("install.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      if (!isInstalled() && !npmInstall()) {
        throw skipped("npm could not install the packages, see target/npm/logs/install.log");
      }
    }
    return new NpmServers();
  }

  private static TestAbortedException skipped(String why) {
    String line = "SKIPPED: tests against MCP servers from npm: " + why;
    System.out.println(line);
    return new TestAbortedException(line);
  }

  private static boolean isOnPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isInstalled() throws IOException {
    for (var wanted : PACKAGES.entrySet()) {
      Path manifest = MODULES.resolve(wanted.getKey()).resolve("package.json");
      if (!Files.exists(manifest)
          || !new ObjectMapper()
              .readTree(manifest.toFile())
              .path("version")
              .asText()
              .equals(wanted.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean npmInstall() throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--no-save",
                "--prefix",
                FOLDER.toString()));
    PACKAGES.forEach((name, version) -> command.add(name + "@" + version));
    Process npm = start(command, Map.of(), "install");
    if (!npm.waitFor(INSTALL_TIME.toSeconds(), TimeUnit.SECONDS)) {
      stop(npm);
      return false;
    }
    return npm.exitValue() == 0;
  }

  /// Starts `server-everything` (legacy) and answers its MCP endpoint.
  public URI everything() throws IOException, InterruptedException {
    int port = freePort();
    Path main = MODULES.resolve("@modelcontextprotocol/server-everything/dist/index.js");
    return ready(
        start(
            List.of("node", main.toString(), "streamableHttp"),
            Map.of("PORT", Integer.toString(port)),
            "everything-" + port),
        port);
  }

  /// Starts `server-filesystem` for one folder behind `mcp-proxy` (both eras) and answers its MCP
  /// endpoint.
  public URI filesystem(Path folder) throws IOException, InterruptedException {
    int port = freePort();
    Path proxy = MODULES.resolve("mcp-proxy/dist/bin/mcp-proxy.mjs");
    Path main = MODULES.resolve("@modelcontextprotocol/server-filesystem/dist/index.js");
    List<String> command =
        List.of(
            "node",
            proxy.toString(),
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--server",
            "stream",
            "--",
            "node",
            main.toString(),
            folder.toRealPath().toString());
    return ready(start(command, Map.of(), "filesystem-" + port), port);
  }

  /// The command of `server-everything` (legacy) over standard input and output.
  public Target.Command everythingCommand() {
    return command("@modelcontextprotocol/server-everything/dist/index.js", "stdio");
  }

  /// The command of `server-filesystem` (legacy) for one folder.
  public Target.Command filesystemCommand(Path folder) {
    return command("@modelcontextprotocol/server-filesystem/dist/index.js", folder.toString());
  }

  private static Target.Command command(String main, String argument) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return new Target.Command(
        List.of("node", MODULES.resolve(main).toString(), argument),
        Map.of("PATH", path),
        Optional.of(FOLDER));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Process start(List<String> command, Map<String, String> environment, String log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(FOLDER.resolve("logs").resolve(log + ".log").toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /// Waits until the server answers a request, however it answers it.
  private URI ready(Process process, int port) throws IOException, InterruptedException {
    processes.add(process);
    URI url = URI.create("http://127.0.0.1:" + port + "/mcp");
    long end = RunningTime.nanoTime() + START_TIME.toNanos();
    while (RunningTime.nanoTime() < end) {
      if (answers(url)) {
        return url;
      }
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "an npm server ended while it was starting, see target/npm/logs");
      }
    }
    throw new IllegalStateException("an npm server did not start in time, see target/npm/logs");
  }

  private static boolean answers(URI url) throws InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest probe =
          HttpRequest.newBuilder(url)
              .timeout(Duration.ofSeconds(5))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .build();
      return http.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void stop(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
  }

  /// Stops every server this started, with its children.
  @Override
  public void close() {
    processes.forEach(NpmServers::stop);
    processes.clear();
  }
}
