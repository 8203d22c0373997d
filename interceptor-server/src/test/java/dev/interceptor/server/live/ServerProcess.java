package dev.interceptor.server.live;

import dev.interceptor.server.Main;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.upstream.Target;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The server in a process of its own, as `serve` runs it: settings from the environment, any free
/// ports, its log in a file.
public final class ServerProcess implements AutoCloseable {
  private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

  private final Process process;
  private final Path log;
  private final URI url;
  private final URI adminUrl;

  /// What to start.
  ///
  /// @param main `Main`, or a server that is broken on purpose
  /// @param options for the virtual machine
  /// @param log receives standard error
  public record Launch(
      Class<?> main, List<String> arguments, List<String> options, ServerConfig config, Path log) {
    public Launch {
      arguments = List.copyOf(arguments);
      options = List.copyOf(options);
    }

    /// The product.
    public static Launch serve(ServerConfig config, Path log) {
      return new Launch(Main.class, List.of("serve"), List.of(), config, log);
    }

    public Launch withOptions(String... more) {
      return new Launch(main, arguments, List.of(more), config, log);
    }
  }

  private ServerProcess(Process process, Path log, URI url, URI adminUrl) {
    this.process = process;
    this.log = log;
    this.url = url;
    this.adminUrl = adminUrl;
  }

  /// Starts the server and waits until it listens.
  ///
  /// @throws IllegalStateException with the end of its log if it ends before that
  public static ServerProcess start(Launch launch) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(launch.options());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(launch.main().getName());
    command.addAll(launch.arguments());
    var builder = new ProcessBuilder(command).redirectError(launch.log().toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("INTERCEPTOR_"));
    builder.environment().putAll(environment(launch.config()));
    Process process = builder.start();
    try {
      String[] words = firstLine(process).split("[ ,]+", -1);
      return new ServerProcess(
          process, launch.log(), URI.create(words[2]), URI.create(words[words.length - 1]));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw new IllegalStateException("no server: " + Files.readString(launch.log()), e);
    }
  }

  private static String firstLine(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null || !line.startsWith("serving on ")) {
      throw new IOException("it said: " + line);
    }
    return line;
  }

  /// The settings as variables.
  public static Map<String, String> environment(ServerConfig config) {
    var variables = new HashMap<String, String>();
    variables.put("INTERCEPTOR_HTTP_PORT", "0");
    variables.put("INTERCEPTOR_ADMIN_PORT", "0");
    variables.put(
        "INTERCEPTOR_LIMITS_MAX_BODY_BYTES", Integer.toString(config.limits().json().maxBytes()));
    variables.putAll(TestServices.environment(config.database()));
    variables.put("INTERCEPTOR_REDIS_URL", config.redis().url());
    variables.put("INTERCEPTOR_REDIS_TIMEOUT", config.redis().timeout().toMillis() + "ms");
    variables.put(
        "INTERCEPTOR_LIMITS_STATE_DEADLINE", config.limits().deadline().toMillis() + "ms");
    variables.put("INTERCEPTOR_TOKEN_ISSUER", config.token().issuer());
    variables.put("INTERCEPTOR_TOKEN_LIFETIME", config.token().lifetime().toSeconds() + "s");
    variables.put("INTERCEPTOR_TOKEN_SIGNING_KEYS", config.token().keys().toString());
    if (config.policy() instanceof PolicyOrigin.Files files) {
      variables.put("INTERCEPTOR_POLICY_FILE", files.path().toString());
    }
    variables.put(
        "INTERCEPTOR_AUDIT_CHECKPOINT_KEY", config.audit().checkpoints().key().toString());
    variables.put("INTERCEPTOR_AUDIT_ORIGIN", config.audit().checkpoints().origin());
    variables.put(
        "INTERCEPTOR_AUDIT_CHECKPOINT_INTERVAL",
        config.audit().checkpoints().interval().toMillis() + "ms");
    variables.put("INTERCEPTOR_AUDIT_RECEIPTS", config.audit().receipts() ? "on" : "off");
    variables.put("INTERCEPTOR_AUDIT_ARGUMENTS", config.audit().recorded().otherwise().word());
    variables.put(
        "INTERCEPTOR_AUDIT_TOOLS",
        config.audit().recorded().byTool().entrySet().stream()
            .map(tool -> tool.getKey() + "=" + tool.getValue().word())
            .collect(Collectors.joining(",")));
    variables.put(
        "INTERCEPTOR_UPSTREAMS",
        config.upstreams().stream()
            .map(upstream -> upstream.name() + "=" + url(upstream))
            .collect(Collectors.joining(",")));
    return variables;
  }

  private static URI url(UpstreamConfig upstream) {
    return switch (upstream.target()) {
      case Target.Endpoint(URI url) -> url;
      case Target.Command _ -> throw new IllegalArgumentException("no variable can hold a command");
    };
  }

  public URI url() {
    return url;
  }

  public long pid() {
    return process.pid();
  }

  public URI adminUrl() {
    return adminUrl;
  }

  /// Everything that it has logged so far.
  public String logged() throws IOException {
    return Files.readString(log);
  }

  /// Its platform threads, those of the virtual machine included.
  public int threads() throws IOException {
    try (var tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      return (int) tasks.count();
    }
  }

  /// Ends it with SIGKILL.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
