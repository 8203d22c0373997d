package dev.interceptor.core.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a customer has used up, over all sessions, in the periods of time that a call is charged
/// to.
public final class Usage {
  /// Of a call that is charged to no period: asking it is a mistake.
  public static final Usage NOT_READ = new Usage(null);

  private final @Nullable Map<String, Long> byCounter;

  private Usage(@Nullable Map<String, Long> byCounter) {
    this.byCounter = byCounter;
  }

  /// @param byCounter amounts by the counter's name, whole and not negative
  public static Usage of(Map<String, Long> byCounter) {
    return new Usage(Map.copyOf(byCounter));
  }

  /// @throws IllegalStateException if the counter was not read, which is never zero
  public long used(String counter) {
    Long used = byCounter == null ? null : byCounter.get(counter);
    if (used == null) {
      throw new IllegalStateException("the counter " + counter + " was not read");
    }
    return used;
  }
}
