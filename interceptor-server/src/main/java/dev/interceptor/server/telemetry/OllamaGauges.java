package dev.interceptor.server.telemetry;

import dev.interceptor.server.targets.OllamaModels;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Whether the Ollama servers have their models, and how far a pull is.
public final class OllamaGauges {
  private OllamaGauges() {}

  /// Shows the models' state for as long as they live.
  public static void show(OllamaModels models, MeterRegistry registry) {
    Gauge.builder("interceptor.ollama.missing", models, OllamaModels::missing)
        .description("configured models that their Ollama server lacks")
        .register(registry);
    Gauge.builder("interceptor.ollama.pulled", models, OllamaModels::pulled)
        .description("how much of the layer that is being pulled has come, 0 to 1")
        .register(registry);
  }
}
