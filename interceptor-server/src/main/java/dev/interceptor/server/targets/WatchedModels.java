package dev.interceptor.server.targets;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.background.Rounds;
import dev.interceptor.server.files.TwoLooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Models in a file, looked at several times a second, together with the files of keys it names.
///
/// A change is taken over when two looks in a row found the same, so that a file that is being
/// written is not read half. Contents are compared, not times.
final class WatchedModels implements Models {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedModels.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final long LONGEST_BYTES = 1 << 20;
  private static final String LATEST = ":latest";

  private final Path path;
  private final Map<String, String> environment;
  private final Lock changing = new ReentrantLock();
  private final List<Consumer<ModelsConfig>> takers = new CopyOnWriteArrayList<>();
  private final TwoLooks<Look> looks;
  private final Rounds rounds;
  private volatile State state;

  /// Replaced as one, so that a reader sees one state whole.
  private record State(ModelsConfig config, List<String> held) {}

  private WatchedModels(Path path, Map<String, String> environment) {
    this.path = path;
    this.environment = Map.copyOf(environment);
    Look first = new Look(read(path), new HashMap<>());
    this.state = new State(parsed(first), List.of());
    this.looks = new TwoLooks<>(first);
    this.rounds =
        new Rounds("models-file", BETWEEN_LOOKS, "the file of models is looked at", this::look);
  }

  /// @throws InvalidModelsException if the file as it is now cannot be used
  static Models start(Path path, Map<String, String> environment) {
    var models = new WatchedModels(path, environment);
    models.rounds.start();
    return models;
  }

  /// What was in the files at one moment.
  ///
  /// @param keys texts of the files of keys that the text names
  private record Look(Optional<String> text, Map<Path, Optional<String>> keys) {
    @Override
    public String toString() {
      return "[files redacted]";
    }
  }

  private ModelsConfig parsed(Look look) {
    String name = String.valueOf(path.getFileName());
    String text =
        look.text()
            .orElseThrow(() ->
                new InvalidModelsException(
                    List.of(
                        name
                            + " cannot be read: write the path of a file of UTF-8 text, 1 MiB"
                            + " at most, as `models.file`")));
    return ModelsFile.parse(
        name,
        text,
        new ModelsFile.Secrets() {
          @Override
          public Optional<String> variable(String variable) {
            return Optional.ofNullable(environment.get(variable));
          }

          @Override
          public Optional<String> file(Path file) {
            return look.keys().computeIfAbsent(file, WatchedModels::read);
          }
        });
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LONGEST_BYTES
          ? Optional.of(Files.readString(file))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private void look() {
    Map<Path, Optional<String>> keys = new HashMap<>();
    looks.taken().keys().keySet().forEach(file -> keys.put(file, read(file)));
    looks.settled(new Look(read(path), keys)).ifPresent(this::take);
  }

  /// Whoever takes configurations has the new one before it is in force: no request finds it with
  /// guards of the old one.
  private void take(Look look) {
    changing.lock();
    try {
      ModelsConfig next = parsed(look);
      takers.forEach(taker -> taker.accept(next));
      state = new State(next, List.of());
      LOG.info("the changed models are in force");
    } catch (InvalidModelsException e) {
      state = new State(state.config(), e.problems());
      LOG.error(
          "changed models are not put in force, the last good ones stay: {}",
          String.join("; ", e.problems()));
    } catch (RuntimeException e) {
      String failure = e.getClass().getSimpleName();
      state = new State(state.config(), List.of("the changed models cannot be used: " + failure));
      LOG.error("changed models are not put in force, the last good ones stay: {}", failure);
    } finally {
      changing.unlock();
    }
  }

  @Override
  public ModelsConfig config() {
    return state.config();
  }

  @Override
  public List<String> held() {
    return state.held();
  }

  @Override
  public Optional<Target> find(String asked, Principal principal) {
    ModelsConfig config = state.config();
    return Optional.ofNullable(config.models().get(asked))
        .or(() -> sameTag(asked, config))
        .filter(model -> model.isFor(principal.key()))
        .map(model -> new Target(asked, model, config));
  }

  /// Ollama takes a name without a tag for the one tagged `latest`.
  private static Optional<Model> sameTag(String asked, ModelsConfig config) {
    String tagged = OllamaName.of(asked);
    String other =
        tagged.equals(asked) && asked.endsWith(LATEST)
            ? asked.substring(0, asked.length() - LATEST.length())
            : tagged;
    return Optional.ofNullable(config.models().get(other))
        .filter(model ->
            model.pool().stream()
                .allMatch(member -> member.provider().kind() == Provider.Kind.OLLAMA));
  }

  @Override
  public List<String> visibleTo(Principal principal) {
    return state.config().models().values().stream()
        .filter(model -> model.isFor(principal.key()))
        .map(Model::alias)
        .toList();
  }

  @Override
  public void eachConfig(Consumer<ModelsConfig> taker) {
    changing.lock();
    try {
      takers.add(taker);
      taker.accept(state.config());
    } finally {
      changing.unlock();
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
