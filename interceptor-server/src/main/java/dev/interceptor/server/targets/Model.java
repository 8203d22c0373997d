package dev.interceptor.server.targets;

import dev.interceptor.core.identity.ApiKeyId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What an alias stands for.
///
/// @param pool the providers that may answer, at least one
/// @param keys which keys may ask for it; empty for all
/// @param limits of all requests for it together
public record Model(
    String alias,
    Strategy strategy,
    List<PoolMember> pool,
    Fallback fallback,
    Optional<Set<ApiKeyId>> keys,
    Limits limits) {
  /// How a provider is chosen.
  public enum Strategy {
    /// The one with the fewest requests under way for its weight; among equals by chance, by
    /// weight.
    WEIGHTED_RANDOM,
    /// The first in the order of the pool.
    PRIORITY
  }

  public Model {
    pool = List.copyOf(pool);
    keys = keys.map(Set::copyOf);
  }

  /// One provider's model in a pool.
  ///
  /// @param model what the provider calls it
  /// @param weight 1 to 1000
  /// @param trust of this provider for this model
  public record PoolMember(Provider provider, String model, int weight, Trust trust) {}

  boolean isFor(ApiKeyId key) {
    return keys.isEmpty() || keys.get().contains(key);
  }
}
