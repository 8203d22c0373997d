package dev.interceptor.core.token;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// Ids in a hash set, and in one list for each second at which they are forgotten. As many lists
/// exist as the longest token lives in seconds, so that a use costs the same however many ids there
/// are.
final class InMemoryReplayGuard implements ReplayGuard {
  private final int capacity;
  private final Instant since;
  private final InstantSource clock;
  private final Set<String> used = new HashSet<>();
  private final TreeMap<Long, List<String>> bySecond = new TreeMap<>();

  /// The latest second whose ids were forgotten. It stays when the clock is set back.
  private long forgotten = Long.MIN_VALUE;

  InMemoryReplayGuard(int capacity, Instant since, InstantSource clock) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a replay guard remembers at least 1 id, got " + capacity);
    }
    this.capacity = capacity;
    this.since = since;
    this.clock = clock;
  }

  @Override
  public synchronized Use use(String id, Instant from, Instant until) {
    forgetBefore(clock.instant().getEpochSecond());
    long second = until.getNano() == 0 ? until.getEpochSecond() : until.getEpochSecond() + 1;
    if (second <= forgotten || used.contains(id)) {
      return Use.REPLAYED;
    }
    if (from.isBefore(since)) {
      return Use.UNCERTAIN;
    }
    if (used.size() >= capacity) {
      return Use.FULL;
    }
    used.add(id);
    bySecond.computeIfAbsent(second, ignored -> new ArrayList<>()).add(id);
    return Use.FIRST_USE;
  }

  private void forgetBefore(long now) {
    if (now <= forgotten) {
      return;
    }
    forgotten = now;
    var past = bySecond.headMap(now, true);
    past.values().forEach(ids -> ids.forEach(used::remove));
    past.clear();
  }
}
