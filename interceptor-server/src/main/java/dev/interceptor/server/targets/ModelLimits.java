package dev.interceptor.server.targets;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.session.RedisLink;
import dev.interceptor.server.session.RedisSettings;
import java.time.Duration;
import java.util.List;

/// The bounds on requests, shared by all instances through Redis.
///
/// *Guarantees*: never more requests under way than a scope allows, over all instances that reach
/// the same Redis; all scopes of a request are taken at once or none; without Redis nothing is
/// admitted that has a limit. *Does not*: bound exactly in the seconds after Redis lost its memory.
public interface ModelLimits extends AutoCloseable {
  /// For how long the room of an instance that was killed stays taken.
  Duration LEASE = Duration.ofSeconds(30);

  /// Takes a token and room in every scope. Scopes without bounds cost nothing.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE
  Admission take(List<Scope> scopes);

  /// Takes what a request of `principal` for `target` needs before a provider is chosen.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE
  default Admission admit(Target target, Principal principal) {
    return take(target.scopes(principal));
  }

  /// Connects in the background; without Redis, what has limits is refused.
  ///
  /// @param instance unlike that of every other instance
  static ModelLimits redis(RedisSettings settings, String instance) {
    return redis(settings, LEASE, instance);
  }

  /// @param lease for how long the room of an instance that was killed stays taken
  static ModelLimits redis(RedisSettings settings, Duration lease, String instance) {
    var link = new RedisLink(settings.url(), settings.timeout());
    var limits = new RedisModelLimits(link, settings.timeout(), lease, instance);
    limits.open();
    return limits;
  }

  @Override
  void close();
}
