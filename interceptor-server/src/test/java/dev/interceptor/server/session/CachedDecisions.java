package dev.interceptor.server.session;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// Broken on purpose: the first decision of a session is given again, whatever the policy has
/// become since.
public record CachedDecisions(SessionStore sound, Map<SessionKey, Reserved> first)
    implements SessionStore {
  public CachedDecisions(SessionStore sound) {
    this(sound, new ConcurrentHashMap<>());
  }

  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, List<String> counters, Decider decider) {
    return first.computeIfAbsent(session, key -> sound.decide(key, policies, counters, decider));
  }

  @Override
  public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
    return () -> true;
  }

  @Override
  public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
    sound.confirm(session, policies, reserved);
  }

  @Override
  public boolean isUntouchedSince(SessionKey session, PolicySet policies, Reserved reserved) {
    return sound.isUntouchedSince(session, policies, reserved);
  }

  @Override
  public SessionState remove(SessionKey session, PolicySet policies, Reserved reserved) {
    return sound.remove(session, policies, reserved);
  }

  @Override
  public SessionState add(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return sound.add(session, policies, reserved, labels);
  }

  @Override
  public SessionState confirmAdded(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return sound.confirmAdded(session, policies, reserved, labels);
  }

  @Override
  public boolean isUsable() {
    return sound.isUsable();
  }

  @Override
  public void close() {
    sound.close();
  }
}
