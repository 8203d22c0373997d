package dev.interceptor.server.session;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import dev.interceptor.server.failure.InterceptorException;
import java.util.List;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;

/// Broken on purpose: without Redis every session counts as new.
public record FailOpenSessionStore(SessionStore sound) implements SessionStore {
  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, List<String> counters, Decider decider) {
    try {
      return sound.decide(session, policies, counters, decider);
    } catch (InterceptorException e) {
      return new Reserved(decider.decide(SessionState.NEW, Usage.NOT_READ), SessionState.NEW, "");
    }
  }

  @Override
  public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
    return () -> true;
  }

  @Override
  public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
    try {
      sound.confirm(session, policies, reserved);
    } catch (InterceptorException e) {
      // Open means open.
    }
  }

  @Override
  public boolean isUntouchedSince(SessionKey session, PolicySet policies, Reserved reserved) {
    return sound.isUntouchedSince(session, policies, reserved);
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
  public SessionState remove(SessionKey session, PolicySet policies, Reserved reserved) {
    return sound.remove(session, policies, reserved);
  }

  @Override
  public boolean isUsable() {
    return true;
  }

  @Override
  public void close() {
    sound.close();
  }
}
