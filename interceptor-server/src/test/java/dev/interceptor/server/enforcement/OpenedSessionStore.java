package dev.interceptor.server.enforcement;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import java.util.function.Function;

/// A session store with a place for a test to step in.
class OpenedSessionStore implements SessionStore {
  private final SessionStore store;

  OpenedSessionStore(SessionStore store) {
    this.store = store;
  }

  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, Function<SessionState, Decision> decide) {
    return store.decide(session, policies, decide);
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
