package dev.interceptor.server.telemetry;

import dev.interceptor.server.policy.PolicyStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Whether policies are in force and whether changes of them wait for somebody.
public final class PolicyGauges {
  private PolicyGauges() {}

  /// Shows the store's condition for as long as it lives.
  public static void show(PolicyStore policies, MeterRegistry registry) {
    Gauge.builder(
            "interceptor.policy.usable", policies, store -> store.condition().usable() ? 1 : 0)
        .description("1 if some policy is in force and changes would be heard of")
        .register(registry);
    Gauge.builder("interceptor.policy.held", policies, store -> store.condition().held().size())
        .description("problems of changed policies that were not put in force")
        .register(registry);
  }
}
