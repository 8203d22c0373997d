package dev.interceptor.server.dev;

import dev.interceptor.server.chat.ObedientModel;
import dev.interceptor.server.targets.ModelSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
