package dev.interceptor.server.telemetry;

import dev.interceptor.server.signing.LiveKeyRing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Whether tokens can be signed, and how old the key is that signs.
public final class SigningGauges {
  private SigningGauges() {}

  /// Shows the ring's condition for as long as it lives.
  public static void show(LiveKeyRing keys, MeterRegistry registry) {
    Gauge.builder("interceptor.signing.usable", keys, ring -> ring.isUsable() ? 1 : 0)
        .description("1 if the signing keys were read within the last 10 s")
        .register(registry);
    Gauge.builder("interceptor.signing.key.age", keys, ring -> ring.age().toSeconds())
        .baseUnit("seconds")
        .description("how long the key that signs has been there")
        .register(registry);
  }
}
