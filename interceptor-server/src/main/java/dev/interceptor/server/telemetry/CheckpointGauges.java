package dev.interceptor.server.telemetry;

import dev.interceptor.server.audit.Checkpoints;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Whether the audit log is what it was when it was signed last, and how far it is signed.
public final class CheckpointGauges {
  private CheckpointGauges() {}

  /// Shows the checkpoints' condition for as long as they live.
  public static void show(Checkpoints checkpoints, MeterRegistry registry) {
    Gauge.builder("interceptor.audit.consistent", checkpoints, all -> all.fault().isEmpty() ? 1 : 0)
        .description("0 if the audit log is not the one that was signed before")
        .register(registry);
    Gauge.builder("interceptor.audit.checkpoint.size", checkpoints, Checkpoints::size)
        .description("how many entries of the audit log the newest checkpoint covers")
        .register(registry);
    Gauge.builder("interceptor.audit.checkpoint.age", checkpoints, all -> all.age().toSeconds())
        .baseUnit("seconds")
        .description("since when there is no newer checkpoint")
        .register(registry);
  }
}
