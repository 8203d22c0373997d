package dev.interceptor.server.enforcement;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import java.util.List;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;

/// A session store with a place for a test to step in.
class OpenedSessionStore implements SessionStore {
  private final SessionStore store;

  OpenedSessionStore(SessionStore store) {
    this.store = store;
  }

  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, List<String> counters, Decider decider) {
    return store.decide(session, policies, counters, decider);
  }

  @Override
  public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
    return store.stillHolds(session, reserved);
  }

  @Override
  public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
    store.confirm(session, policies, reserved);
  }

  @Override
  public boolean isUntouchedSince(SessionKey session, PolicySet policies, Reserved reserved) {
    return store.isUntouchedSince(session, policies, reserved);
  }

  @Override
  public SessionState add(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return store.add(session, policies, reserved, labels);
  }

  @Override
  public SessionState confirmAdded(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return store.confirmAdded(session, policies, reserved, labels);
  }

  @Override
  public SessionState remove(SessionKey session, PolicySet policies, Reserved reserved) {
    return store.remove(session, policies, reserved);
  }

  @Override
  public boolean isUsable() {
    return store.isUsable();
  }

  @Override
  public void close() {
    store.close();
  }
}
