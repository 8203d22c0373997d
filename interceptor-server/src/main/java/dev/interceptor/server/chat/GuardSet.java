package dev.interceptor.server.chat;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.GuardFamily;
import dev.interceptor.server.guard.GuardServer;
import dev.interceptor.server.guard.PromptGuard;
import dev.interceptor.server.guard.Sensitivity;
import dev.interceptor.server.targets.Models;
import dev.interceptor.server.targets.ModelsConfig;
import dev.interceptor.server.targets.ModelsConfig.RemoteGuard;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The guards that the models' configuration asks for, made once for each configuration.
///
/// A prompt guard that cannot be made lets nothing pass until the configuration is mended.
public final class GuardSet {
  private static final Logger LOG = LoggerFactory.getLogger(GuardSet.class);

  /// Longer than a request looks at its texts.
  private static final Executor LATER = CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES);

  private final List<String> secrets;
  private volatile ConfiguredGuards current;

  /// @param secrets of the interceptor's own, found wherever they stand
  public GuardSet(Models models, List<String> secrets) {
    this.secrets = List.copyOf(secrets);
    ModelsConfig first = models.config();
    this.current = ConfiguredGuards.of(first, prompt(first.guards().prompt()), secrets);
    models.eachConfig(this::take);
  }

  private void take(ModelsConfig next) {
    ConfiguredGuards before = current;
    if (before.config().guards().prompt().equals(next.guards().prompt())) {
      current = ConfiguredGuards.of(next, before.prompt(), secrets);
      return;
    }
    current = ConfiguredGuards.of(next, promptOrNone(next.guards().prompt()), secrets);
    LATER.execute(before.prompt()::close);
  }

  private static PromptGuard promptOrNone(ModelsConfig.PromptGuard configured) {
    try {
      return prompt(configured);
    } catch (RuntimeException e) {
      boolean explained = e instanceof IllegalArgumentException;
      LOG.warn("no prompt passes: {}", explained ? e.getMessage() : e.getClass().getSimpleName());
      return _ -> {
        throw InterceptorException.of(
            ErrorCode.GUARD_UNAVAILABLE, "the configured prompt guard cannot be used");
      };
    }
  }

  private static PromptGuard prompt(ModelsConfig.PromptGuard configured) {
    var sensitivity = Sensitivity.valueOf(configured.sensitivity().name());
    return switch (configured.mode()) {
      case OFF -> PromptGuard.off();
      case LOCAL ->
          configured
              .modelFolder()
              .map(folder -> PromptGuard.local(sensitivity, folder))
              .orElseGet(() -> PromptGuard.local(sensitivity));
      case REMOTE -> remote(sensitivity, configured.remote().orElseThrow());
    };
  }

  private static PromptGuard remote(Sensitivity sensitivity, RemoteGuard guard) {
    GuardFamily family =
        GuardFamily.ofModel(guard.family().orElse(guard.model()))
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "`guards.prompt.remote.family` is missing: the model's name tells none"));
    return PromptGuard.remote(
        sensitivity, GuardServer.http(guard.url(), guard.timeout()), guard.model(), family);
  }

  /// Those of a configuration, which is the one in force or was a moment ago.
  @SuppressWarnings("ReferenceEquality") // A request has the very configuration that it found.
  ConfiguredGuards of(ModelsConfig config) {
    ConfiguredGuards known = current;
    return known.config() == config ? known : ConfiguredGuards.of(config, known.prompt(), secrets);
  }
}
