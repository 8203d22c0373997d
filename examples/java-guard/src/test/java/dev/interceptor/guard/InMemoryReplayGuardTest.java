package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.ReplayGuard;
import java.time.InstantSource;

class InMemoryReplayGuardTest extends ReplayGuardContract {
  private static final int CAPACITY = 1000;
  private final ReplayGuard guard = ReplayGuard.inMemory(CAPACITY, InstantSource.system());

  @Override
  ReplayGuard guard() {
    return guard;
  }

  @Override
  void fill() {
    for (int id = 1; id < CAPACITY; id++) {
      assertThat(guard.use("filling" + id, from, until)).isEqualTo(ReplayGuard.Use.FIRST_USE);
    }
  }
}
