package dev.interceptor.server.rotation;

import dev.interceptor.core.token.MalformedKeyException;
import dev.interceptor.core.token.Pkcs8;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.Main;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.demo.DemoToolServer;
import dev.interceptor.server.demo.JwksSource;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.ServerProcess;
import dev.interceptor.server.signing.KeyChange;
import dev.interceptor.server.signing.KeyDirectory;
import dev.interceptor.server.signing.KeySource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Two server processes on one directory of keys, and a tool server that fetches their key set
/// through a relay.
final class RotationStack implements AutoCloseable {
  static final Duration LIFETIME = Duration.ofSeconds(3);
  private static final String ISSUER = "sentinel-interceptor";

  private final LiveStack stack;
  private final KeyRelay relay;
  private final DemoToolServer toolServer;
  private final DemoToolServer otherToolServer;
  private final Path folder;
  private final KeyDirectory keys;
  private final List<ServerProcess> servers;

  private RotationStack(UnaryOperator<byte[]> change) throws IOException {
    this.stack = LiveStack.start();
    this.relay = KeyRelay.start(change);
    this.toolServer = toolServer(relay.url());
    this.otherToolServer = toolServer(relay.url());
    this.folder = stack.state().resolve("rotated-keys");
    this.keys = new KeyDirectory(folder, InstantSource.system());
    var _ = keys.generate();
    ServerConfig config = config();
    this.servers =
        List.of(
            stack.serve(ServerProcess.Launch.serve(config, stack.log(1))),
            stack.serve(ServerProcess.Launch.serve(config, stack.log(2))));
    relay.to(urls());
  }

  /// @param change of what the tool server gets as key set
  static RotationStack start(UnaryOperator<byte[]> change) throws IOException {
    return new RotationStack(change);
  }

  private static DemoToolServer toolServer(URI keys) {
    return DemoToolServer.start(
        new DemoToolServer.Settings(0, ISSUER, Optional.empty(), new JwksSource.Remote(keys)));
  }

  private ServerConfig config() {
    ServerConfig dev = stack.config();
    return new ServerConfig(
        dev.http(),
        dev.admin(),
        dev.limits(),
        dev.database(),
        dev.redis(),
        new ServerConfig.Token(
            ISSUER, LIFETIME, KeySource.directory(folder), dev.token().ed25519()),
        dev.policy(),
        dev.approvals(),
        dev.mcp(),
        dev.models(),
        dev.audit(),
        List.of(ServerConfig.upstream("tools", toolServer.url())));
  }

  /// The private key that signs now.
  SigningKey signing() throws IOException, MalformedKeyException {
    try (var files = Files.newDirectoryStream(folder, "*.pem")) {
      return Pkcs8.ofPem(Files.readString(files.iterator().next()));
    }
  }

  /// In this process, by what the command calls.
  String rotate() {
    return ((KeyChange.Done) keys.rotate()).kid();
  }

  /// By the command itself.
  String rotateByCommand() throws IOException, InterruptedException {
    return command("rotate");
  }

  /// By the command itself, while its tokens may be good.
  String retireNow(String kid) throws IOException, InterruptedException {
    return command("retire", kid, "--now");
  }

  /// @return the key's name, as `signing-keys` prints it
  private String command(String... arguments) throws IOException, InterruptedException {
    var line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "signing-keys"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--directory", folder.toString()));
    Process command =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String kid =
        new String(
            command.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (command.waitFor() != 0) {
      throw new IOException("the command failed");
    }
    return kid.strip();
  }

  List<ServerProcess> servers() {
    return servers;
  }

  List<URI> urls() {
    return servers.stream().map(ServerProcess::url).toList();
  }

  String apiKey() {
    return stack.dev().apiKey();
  }

  URI toolServer() {
    return toolServer.url();
  }

  URI otherToolServer() {
    return otherToolServer.url();
  }

  /// A tool server that has fetched no key set yet.
  DemoToolServer newToolServer() {
    return toolServer(relay.url());
  }

  int fetches() {
    return relay.fetches();
  }

  @Override
  public void close() {
    toolServer.close();
    otherToolServer.close();
    relay.close();
    stack.close();
  }
}
