package dev.interceptor.server.targets;

import dev.interceptor.core.identity.Principal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Nothing can be asked for.
final class NoModels implements Models {
  private static final ModelsConfig NOTHING = ModelsFile.nothing();

  @Override
  public ModelsConfig config() {
    return NOTHING;
  }

  @Override
  public Optional<Target> find(String asked, Principal principal) {
    return Optional.empty();
  }

  @Override
  public List<String> visibleTo(Principal principal) {
    return List.of();
  }

  @Override
  public List<String> held() {
    return List.of();
  }

  @Override
  public void eachConfig(Consumer<ModelsConfig> taker) {
    taker.accept(NOTHING);
  }

  @Override
  public void close() {
    // Nothing is watched.
  }
}
