package dev.interceptor.server;

import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.http.Listener;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.targets.Models;
import dev.interceptor.server.targets.OllamaModels;
import java.util.function.UnaryOperator;

/// The composition root: builds every part once, closes them in reverse order.
public final class Wiring implements AutoCloseable {
  private final Parts parts = new Parts();
  private final Listener publicListener;
  private final Listener adminListener;

  /// Starts everything; if any part cannot start, those before it are closed again.
  ///
  /// @throws RuntimeException naming the part that could not be started
  public static Wiring start(ServerConfig config) {
    return start(config, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /// @param sessions wraps the session store, so that a test can break it on purpose
  static Wiring start(ServerConfig config, UnaryOperator<SessionStore> sessions) {
    return start(config, sessions, UnaryOperator.identity());
  }

  /// @param log wraps the decision log, to the same end
  static Wiring start(
      ServerConfig config, UnaryOperator<SessionStore> sessions, UnaryOperator<DecisionLog> log) {
    return new Wiring(config, sessions, log);
  }

  private Wiring(
      ServerConfig config,
      UnaryOperator<SessionStore> decorate,
      UnaryOperator<DecisionLog> decorateLog) {
    try {
      Basis basis = Basis.of(config);
      Stores stores = Stores.open(basis, parts, decorate, decorateLog);
      CallPath calls = CallPath.open(basis, parts, stores);
      Models models = parts.keep(Models.start(config.models()));
      OllamaModels ollama = parts.keep(OllamaModels.start(models));
      publicListener = PublicSide.start(basis, parts, stores, calls, models);
      adminListener = AdminSide.start(basis, parts, stores, calls, models, ollama);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  public String url() {
    return publicListener.url();
  }

  public String adminUrl() {
    return adminListener.url();
  }

  @Override
  public void close() {
    parts.close();
  }
}
