package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.live.Await;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class InForceNotesTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[0]);

  private final List<String> noted = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger(2);

  /// Refuses the first entries.
  private final class Reluctant extends OpenedDecisionLog {
    Reluctant(DecisionLog log) {
      super(log);
    }

    @Override
    public boolean note(LogEntry entry) {
      return refusals.getAndDecrement() <= 0
          && noted.add(
              entry.text("action").orElseThrow() + ' ' + entry.text("target").orElseThrow());
    }
  }

  @Test
  void whatTheLogRefusedOrCouldNotBeReadIsNotedLaterAndOnce() throws Exception {
    var failures = new AtomicInteger(1);
    var looks = new AtomicInteger();
    try (var database = Database.open(TestServices.freshDatabase());
        var log = new Reluctant(DecisionLog.postgres(database.pool(), database.longestWait()));
        var _ =
            InForceNotes.start(
                log,
                "test",
                () -> {
                  if (failures.getAndDecrement() > 0) {
                    throw new IllegalStateException("not now");
                  }
                  looks.incrementAndGet();
                  return Map.of("default", DIGEST);
                },
                () -> Optional.of("kid"),
                InstantSource.system())) {
      Await.until("it looked again", Duration.ofSeconds(20), () -> looks.get() >= 4);
    }
    assertThat(noted)
        .containsExactlyInAnyOrder("policy.in_force default", "signing_key.in_use kid");
  }
}
