package dev.interceptor.server.targets;

import dev.interceptor.server.targets.ModelsConfig.RemoteGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that Ollama servers have the models that are configured: at start, whenever the
/// configuration changes, and again for as long as one is missing.
public final class OllamaModels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OllamaModels.class);
  private static final Duration BEFORE_RETRY = Duration.ofSeconds(5);

  private final OllamaServer servers = new OllamaServer(this::progress);
  private final Duration beforeRetry;
  private final Semaphore changed = new Semaphore(0);
  private final Thread thread;
  private volatile ModelsConfig config;
  private volatile State state = new State(Optional.empty(), 0);
  private volatile double pulled;
  private volatile boolean closing;

  /// What is known.
  ///
  /// @param guard the one whose model is there
  /// @param missing how many models are not there
  private record State(Optional<RemoteGuard> guard, int missing) {}

  private OllamaModels(ModelsConfig config, Duration beforeRetry) {
    this.config = config;
    this.beforeRetry = beforeRetry;
    this.thread = Thread.ofVirtual().name("ollama-models").unstarted(this::keep);
  }

  public static OllamaModels start(Models models) {
    return start(models, BEFORE_RETRY);
  }

  /// @param beforeRetry between two looks while a model is missing
  static OllamaModels start(Models models, Duration beforeRetry) {
    var kept = new OllamaModels(models.config(), beforeRetry);
    models.eachConfig(kept::take);
    kept.thread.start();
    return kept;
  }

  private void take(ModelsConfig next) {
    config = next;
    changed.release();
  }

  /// Whether the guard model that is configured now is there, or none is configured.
  public boolean isReady() {
    Optional<RemoteGuard> guard = config.guards().prompt().remote();
    return guard.isEmpty() || guard.equals(state.guard());
  }

  /// How many models are configured and not there, as far as is known.
  public int missing() {
    return state.missing();
  }

  /// How much of the model that is being pulled has come, 0 to 1; 0 if none is.
  public double pulled() {
    return pulled;
  }

  private void keep() {
    try {
      while (!closing) {
        changed.drainPermits();
        ModelsConfig now = config;
        if (look(now)) {
          changed.acquire();
        } else if (changed.tryAcquire(beforeRetry.toMillis(), TimeUnit.MILLISECONDS)) {
          changed.release();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return whether every model is there
  private boolean look(ModelsConfig now) {
    Map<Provider, Set<String>> wanted = wanted(now);
    survey(now, wanted)
        .forEach((server, lacking) -> {
          for (String name : lacking) {
            if (changed.availablePermits() == 0) {
              pull(server, name);
              var _ = survey(now, wanted);
            }
          }
        });
    return state.missing() == 0;
  }

  /// Asks every server what it has.
  ///
  /// @return what the servers that answered lack
  private Map<Provider, List<String>> survey(ModelsConfig now, Map<Provider, Set<String>> wanted) {
    Map<Provider, List<String>> lacking = new LinkedHashMap<>();
    Optional<RemoteGuard> guard = now.guards().prompt().remote();
    int missing = 0;
    for (var server : wanted.entrySet()) {
      try {
        lacking.put(server.getKey(), missing(server.getKey(), server.getValue()));
        missing += lacking.getOrDefault(server.getKey(), List.of()).size();
      } catch (IOException | RuntimeException e) {
        // Not the message, which may repeat what the server sent.
        LOG.warn(
            "the Ollama server {} does not tell its models: {}",
            server.getKey().name(),
            e.getClass().getSimpleName());
        missing += server.getValue().size();
      }
    }
    state = new State(guard.filter(wish -> isThere(wish, lacking)), missing);
    return lacking;
  }

  private static boolean isThere(RemoteGuard guard, Map<Provider, List<String>> lacking) {
    return lacking.entrySet().stream()
        .filter(server -> server.getKey().url().equals(guard.url()))
        .anyMatch(server ->
            server.getValue().stream().noneMatch(name -> OllamaName.isSame(name, guard.model())));
  }

  /// The guard model comes first: nothing is admitted before it is there.
  private static Map<Provider, Set<String>> wanted(ModelsConfig config) {
    Map<Provider, Set<String>> wanted = new LinkedHashMap<>();
    Optional<Provider> known = config.ollama().map(ModelsConfig.Ollama::provider);
    config
        .guards()
        .prompt()
        .remote()
        .ifPresent(guard -> {
          Provider server =
              known
                  .filter(provider -> provider.url().equals(guard.url()))
                  .orElseGet(() -> Provider.keyless("guard", Provider.Kind.OLLAMA, guard.url()));
          wanted.computeIfAbsent(server, _ -> new LinkedHashSet<>()).add(guard.model());
        });
    config
        .ollama()
        .ifPresent(ollama ->
            wanted
                .computeIfAbsent(ollama.provider(), _ -> new LinkedHashSet<>())
                .addAll(ollama.pull()));
    return wanted;
  }

  private void pull(Provider server, String name) {
    LOG.info("pulling the model {} to the Ollama server {}", name, server.name());
    try {
      servers.pull(server, name);
      LOG.info("the model {} is on the Ollama server {}", name, server.name());
    } catch (IOException | RuntimeException e) {
      LOG.warn("the model {} could not be pulled: {}", name, e.getClass().getSimpleName());
    } finally {
      pulled = 0;
    }
  }

  private List<String> missing(Provider server, Set<String> wanted) throws IOException {
    List<String> there = servers.models(server);
    return wanted.stream()
        .filter(name -> there.stream().noneMatch(known -> OllamaName.isSame(known, name)))
        .toList();
  }

  private void progress(String model, double part) {
    int tenths = (int) (part * 10);
    if (tenths != (int) (pulled * 10)) {
      LOG.info("{} % of a layer of the model {} are there", tenths * 10, model);
    }
    pulled = part;
  }

  @Override
  public void close() {
    closing = true;
    servers.close();
    changed.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
