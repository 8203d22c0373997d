package dev.interceptor.server.telemetry;

import dev.interceptor.core.decision.Decision;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// Counts and times of the enforcement path. Tags are fixed words: no argument, key or session
/// appears in a metric.
public final class FlowMetrics {
  /// A step of the path that is timed on its own.
  public enum Stage {
    AUTHENTICATE,
    APPROVAL,
    DECIDE,
    RECORD,
    MINT,
    RECHECK,
    FORWARD,
    INSPECT,
    SETTLE
  }

  private final MeterRegistry registry;
  private final Map<Stage, Timer> timers = new EnumMap<>(Stage.class);
  private final Counter permits;
  private final Counter approvalsNotFiled;

  public FlowMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Stage stage : Stage.values()) {
      timers.put(
          stage,
          Timer.builder("interceptor.stage")
              .description("time spent in one step of the enforcement path")
              .tag("stage", stage.name().toLowerCase(Locale.ROOT))
              .serviceLevelObjectives(
                  Duration.ofNanos(100_000),
                  Duration.ofMillis(1),
                  Duration.ofMillis(10),
                  Duration.ofMillis(100),
                  Duration.ofSeconds(1))
              .register(registry));
    }
    permits = decisions("permit", "none");
    approvalsNotFiled =
        Counter.builder("interceptor.approvals.not.filed")
            .description("calls that need an approval while too many of their customer wait")
            .register(registry);
  }

  private Counter decisions(String outcome, String reason) {
    return Counter.builder("interceptor.decisions")
        .description("decisions by outcome and reason")
        .tag("outcome", outcome)
        .tag("reason", reason)
        .register(registry);
  }

  /// Runs a step and counts its time, also when it fails.
  public <T> T time(Stage stage, Supplier<T> step) {
    long start = System.nanoTime();
    try {
      return step.get();
    } finally {
      Timer timer = timers.get(stage);
      if (timer != null) {
        timer.record(Duration.ofNanos(System.nanoTime() - start));
      }
    }
  }

  public void decided(Decision decision) {
    switch (decision) {
      case Decision.Permit _ -> permits.increment();
      case Decision.Deny deny ->
          decisions("deny", deny.reason().name().toLowerCase(Locale.ROOT)).increment();
      case Decision.RequireApproval _ -> decisions("deny", "approval_required").increment();
    }
  }

  /// Counts a call that needs an approval and could not be left for a person to see.
  public void approvalNotFiled() {
    approvalsNotFiled.increment();
  }

  /// Counts a failure that a client was answered with.
  public void failed(String code) {
    Counter.builder("interceptor.failures")
        .description("requests that could not be decided or answered, by error code")
        .tag("code", code.toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }
}
