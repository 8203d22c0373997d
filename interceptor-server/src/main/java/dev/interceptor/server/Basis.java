package dev.interceptor.server;

import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.telemetry.FlowMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;

/// What every part is built with: settings, time, chance and metrics.
record Basis(
    ServerConfig config,
    InstantSource clock,
    SecureRandom random,
    PrometheusMeterRegistry registry,
    FlowMetrics metrics) {
  static Basis of(ServerConfig config) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    return new Basis(
        config, InstantSource.system(), new SecureRandom(), registry, new FlowMetrics(registry));
  }

  String randomHex(int bytes) {
    byte[] chosen = new byte[bytes];
    random.nextBytes(chosen);
    return HexFormat.of().formatHex(chosen);
  }

  /// What nobody may find in the log, whoever wrote it into a request.
  List<String> ownSecrets() {
    return List.of(
        new String(config.database().password().insecureBytes(), StandardCharsets.UTF_8),
        config.redis().insecurePassword());
  }
}
