package dev.interceptor.benchmarks.load;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The product, started with `./interceptor dev` as its users start it, on free ports and with
/// empty stores.
public final class Stack implements AutoCloseable {
  static final String UPSTREAM = "stub";

  /// A first start builds the product and unpacks its databases.
  private static final Duration START = Duration.ofMinutes(8);

  private final ChildProcess process;
  private final JsonObject ready;

  private Stack(ChildProcess process, JsonObject ready) {
    this.process = process;
    this.ready = ready;
  }

  /// With one MCP upstream, the stub.
  static Stack start(Path repository, URI stub, Path log) throws IOException {
    return start(repository, List.of("--upstream", UPSTREAM + "=" + stub), log);
  }

  /// @param options of `./interceptor dev`, besides those that every run has
  public static Stack start(Path repository, List<String> options, Path log) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                repository.resolve("interceptor").toString(),
                "dev",
                "--json",
                "--ephemeral",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--policy",
                repository.resolve("benchmarks/load-policy.yaml").toString()));
    command.addAll(options);
    ChildProcess process = ChildProcess.start(command, log, START);
    try {
      byte[] line = process.firstLine().getBytes(StandardCharsets.UTF_8);
      return new Stack(process, StrictJson.parseObject(line, JsonLimits.DEFAULT));
    } catch (MalformedJsonException e) {
      process.close();
      throw new IOException("the product's first line is not JSON", e);
    }
  }

  public URI url() {
    return URI.create(text("url"));
  }

  public URI adminUrl() {
    return URI.create(text("admin_url"));
  }

  /// Of its PostgreSQL, which trusts local users.
  String databaseUrl() {
    return text("database_url");
  }

  public String apiKey() {
    return text("api_key");
  }

  public String adminKey() {
    return text("admin_key");
  }

  public long pid() {
    return ready.members().get("pid") instanceof JsonNumber(double pid)
        ? (long) pid
        : process.pid();
  }

  private String text(String member) {
    if (ready.members().get(member) instanceof JsonString(String value)) {
      return value;
    }
    throw new IllegalStateException("the product's first line has no `" + member + "`");
  }

  @Override
  public void close() {
    process.close();
  }
}
