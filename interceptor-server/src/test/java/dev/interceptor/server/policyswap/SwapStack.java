package dev.interceptor.server.policyswap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.ServerProcess;
import dev.interceptor.server.policy.PolicyOrigin;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Two server processes that take their policies from one database.
final class SwapStack implements AutoCloseable {
  static final String POLICY = "default";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AtomicInteger probes = new AtomicInteger();
  private final LiveStack stack;
  private final ServerConfig config;
  private final ServerProcess one;
  private final ServerProcess other;

  private SwapStack(Class<?> main, List<String> arguments) throws IOException {
    this.stack = LiveStack.start();
    ServerConfig files = stack.config();
    this.config =
        new ServerConfig(
            files.http(),
            files.admin(),
            files.limits(),
            files.database(),
            files.redis(),
            files.token(),
            new PolicyOrigin.Stored(),
            files.approvals(),
            files.mcp(),
            files.models(),
            files.audit(),
            files.upstreams());
    this.one = stack.serve(launch(main, arguments, 1));
    this.other = stack.serve(launch(main, arguments, 2));
  }

  static SwapStack start() throws IOException {
    return new SwapStack(dev.interceptor.server.Main.class, List.of("serve"));
  }

  static SwapStack start(Class<?> main, String argument) throws IOException {
    return new SwapStack(main, List.of(argument));
  }

  private ServerProcess.Launch launch(Class<?> main, List<String> arguments, int number) {
    return new ServerProcess.Launch(main, arguments, List.of(), config, stack.log(number));
  }

  ServerConfig config() {
    return config;
  }

  DatabaseConfig database() {
    return config.database();
  }

  ServerProcess one() {
    return one;
  }

  ServerProcess other() {
    return other;
  }

  List<URI> urls() {
    return List.of(one.url(), other.url());
  }

  String apiKey() {
    return stack.dev().apiKey();
  }

  String adminKey() {
    return stack.dev().adminKey();
  }

  /// A keep-alive connection to a server's admin API.
  RawClient admin(ServerProcess server) throws IOException {
    return new RawClient(server.adminUrl());
  }

  RawClient.Reply apply(RawClient admin, String text) throws IOException {
    return admin.post("/admin/api/v1/policies?note=swap", adminKey(), text);
  }

  /// The tool of the two that the server permits now, empty if it decides nothing; in a session of
  /// its own.
  String permitted(RawClient server) throws IOException {
    String session = "probe-" + probes.incrementAndGet();
    for (String tool : List.of(Generations.EVEN, Generations.ODD)) {
      RawClient.Reply reply =
          server.post(
              "/proxy/authorize",
              apiKey(),
              "{\"session_id\":\"%s-%s\",\"tool_name\":\"%s\"}".formatted(session, tool, tool));
      if (reply.status() == 200) {
        return tool;
      }
    }
    return "";
  }

  static JsonNode json(RawClient.Reply reply) throws IOException {
    return JSON.readTree(reply.body());
  }

  void sql(String statement) throws SQLException {
    try (var connection = Database.patient(database()).getConnection();
        var work = connection.createStatement()) {
      work.execute(statement);
    }
  }

  @Override
  public void close() {
    stack.close();
  }
}
