package dev.interceptor.server.live;

import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.targets.ModelSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// PostgreSQL, Redis and the demo tool server of their own, for the servers that a test starts
/// beside them; under the demo policy if the test brings none.
public final class LiveStack implements AutoCloseable {
  private final Path folder;
  private final DevStack stack;
  private final Deque<ServerProcess> servers = new ArrayDeque<>();

  private LiveStack(Path folder, Path policy, Duration patience) {
    this.folder = folder;
    this.stack =
        DevStack.start(
            new DevStack.Settings(
                folder.resolve("state"), 0, 0, policy, List.of(), ModelSettings.NONE, patience));
  }

  /// For tests that take nothing away: a machine that stands still for a moment is no fault.
  public static LiveStack start() throws IOException {
    return new LiveStack(folder(), SharedStack.demoPolicy(), DevStack.PATIENCE);
  }

  /// Gives its stores up as early as the product does by default: for what happens without them.
  public static LiveStack impatient() throws IOException {
    return impatient(folder -> {});
  }

  /// @param policy text of the policy that decides for everybody
  public static LiveStack start(String policy) throws IOException {
    Path folder = folder();
    return new LiveStack(
        folder, Files.writeString(folder.resolve("policy.yaml"), policy), DevStack.PATIENCE);
  }

  /// @param prepare is given the folder that `state` will be in
  public static LiveStack impatient(Preparation prepare) throws IOException {
    Path folder = folder();
    prepare.prepare(folder);
    return new LiveStack(folder, SharedStack.demoPolicy(), DatabaseConfig.TIMEOUT);
  }

  /// What is done to a folder.
  public interface Preparation {
    void prepare(Path folder) throws IOException;
  }

  private static Path folder() throws IOException {
    return Files.createTempDirectory(
        Files.createDirectories(Path.of("target")).toAbsolutePath(), "live");
  }

  /// The surroundings, with one more server that runs in the tests' own process.
  public DevStack dev() {
    return stack;
  }

  public ServerConfig config() {
    return stack.config();
  }

  public Path state() {
    return folder.resolve("state");
  }

  /// Where the log of the n-th server goes, from 1.
  public Path log(int number) {
    return folder.resolve("server-" + number + ".log");
  }

  /// The product as one more process.
  public ServerProcess serve() throws IOException {
    return serve(ServerProcess.Launch.serve(config(), log(servers.size() + 1)));
  }

  public ServerProcess serve(ServerProcess.Launch launch) throws IOException {
    ServerProcess server = ServerProcess.start(launch);
    servers.push(server);
    return server;
  }

  public List<URI> urls() {
    return servers.stream().map(ServerProcess::url).toList();
  }

  /// Ends everything; the logs of the servers stay under `target`.
  @Override
  public void close() {
    while (!servers.isEmpty()) {
      servers.pop().close();
    }
    stack.close();
    SharedStack.delete(state());
  }
}
