package dev.interceptor.server.targets;

import dev.interceptor.core.identity.Principal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The models that may be asked for, as `models.file` says now.
///
/// *Guarantees*: reading does no I/O and never waits; one request sees one configuration; a file
/// that does not load never replaces one that did. Safe for use by many threads.
public interface Models extends AutoCloseable {
  /// The models of a file that is watched, with the keys that it names.
  ///
  /// @param environment where `key_env` looks
  /// @throws InvalidModelsException if the file as it is now cannot be used
  static Models watching(Path file, Map<String, String> environment) {
    return WatchedModels.start(file, environment);
  }

  /// Those of the file that the settings name; none without one.
  ///
  /// @throws InvalidModelsException if the file as it is now cannot be used
  static Models start(ModelSettings settings) {
    return settings
        .file()
        .map(file -> watching(file, settings.environment()))
        .orElseGet(NoModels::new);
  }

  /// The configuration in force.
  ModelsConfig config();

  /// What `asked` stands for; empty if nothing does, or nothing for this key.
  Optional<Target> find(String asked, Principal principal);

  /// The aliases that this key may ask for, in the order of the file.
  List<String> visibleTo(Principal principal);

  /// What of the file as it is now is not in force, one line each; empty if all of it is.
  List<String> held();

  /// Calls `taker` with the configuration in force now, and with each that follows.
  void eachConfig(Consumer<ModelsConfig> taker);

  @Override
  void close();
}
