package dev.interceptor.server.dev;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.Wiring;
import dev.interceptor.server.chat.ObedientModel;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.identity.ApiKey;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.identity.NewKey;
import dev.interceptor.server.mcp.McpSettings;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.targets.ModelSettings;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// One running product for all tests of a JVM that do not break it; stopped when the JVM ends.
public final class SharedStack {
  private SharedStack() {}

  private static final class Holder {
    static final DevStack STACK = start();

    private static DevStack start() {
      Path state = temporary();
      var model = new ObedientModel();
      DevStack stack =
          DevStack.start(
              new DevStack.Settings(
                  state, 0, 0, demoPolicy(), List.of(), models(state, model, PERMISSIVE)));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                stack.close();
                model.close();
                delete(state);
              }));
      return stack;
    }
  }

  /// Nothing is redacted, so that a model does what it is told.
  private static final String PERMISSIVE =
      """
      guards:
        prompt: {mode: off}
        prompts: {secrets: allow, pii: allow}
        answers: {secrets: allow, pii: allow, arguments: allow}
      """;

  /// A file with the alias `obedient`.
  ///
  /// @param more members of the file besides providers and models
  public static ModelSettings models(Path folder, ObedientModel model, String more) {
    try {
      Path file =
          Files.writeString(
              Files.createDirectories(folder).resolve("models.yaml"),
              """
              providers:
                obedient: {kind: openai, url: %s}
              models:
                obedient: {provider: obedient, model: inside}
              %s
              """
                  .formatted(model.url(), more));
      return ModelSettings.NONE.withFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static DevStack get() {
    return Holder.STACK;
  }

  /// Another server over the same stores, with a policy and tool servers of its own.
  ///
  /// @param folder where the policy is written to
  public static Wiring another(Path folder, String policy, List<UpstreamConfig> upstreams)
      throws IOException {
    return another(folder, policy, get().config().mcp(), upstreams);
  }

  /// The same with other settings of `/mcp`.
  public static Wiring another(
      Path folder, String policy, McpSettings mcp, List<UpstreamConfig> upstreams)
      throws IOException {
    ServerConfig known = get().config();
    return Wiring.start(
        new ServerConfig(
            new ServerConfig.Http("127.0.0.1", 0),
            new ServerConfig.Http("127.0.0.1", 0),
            known.limits(),
            known.database(),
            known.redis(),
            known.token(),
            new PolicyOrigin.Files(Files.writeString(folder.resolve("policy.yaml"), policy)),
            known.approvals(),
            mcp,
            known.models(),
            known.audit(),
            upstreams));
  }

  /// The text of a new key.
  public static String key(String customer, KeyRole role) {
    try (var database = Database.open(get().config().database())) {
      ApiKey key =
          ApiKeyStore.postgres(database, InstantSource.system())
              .create(new NewKey(new CustomerId(customer), role, "test", Optional.empty()), "Ada");
      return new String(key.insecureBytes(), StandardCharsets.US_ASCII);
    }
  }

  /// The shipped policy of the demo world.
  public static Path demoPolicy() {
    return Path.of(System.getProperty("repository", "..")).resolve("policies/demo.yaml");
  }

  public static Path temporary() {
    try {
      return Files.createTempDirectory("interceptor-test-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path folder) {
    try {
      StateFolder.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
