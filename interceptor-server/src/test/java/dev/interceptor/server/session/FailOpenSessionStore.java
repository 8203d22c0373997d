package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.failure.InterceptorException;
import java.util.function.Function;

/// Broken on purpose: without Redis every session counts as new.
public record FailOpenSessionStore(SessionStore sound) implements SessionStore {
  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, Function<SessionState, Decision> decide) {
    try {
      return sound.decide(session, policies, decide);
    } catch (InterceptorException e) {
      return new Reserved(decide.apply(SessionState.NEW), SessionState.NEW, "");
    }
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
