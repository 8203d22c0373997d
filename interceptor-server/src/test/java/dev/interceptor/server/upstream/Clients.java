package dev.interceptor.server.upstream;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.live.RunningTime;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Tool servers as tests open them.
final class Clients {
  private Clients() {}

  static ToolServer of(ScriptedServer server, Feature... exposed) {
    return ToolServer.open(config(server.url()).exposing(Set.of(exposed)), InstantSource.system());
  }

  /// With bounds that a test can reach.
  static ToolServer bounded(URI url, Duration timeout, int maxAnswerBytes) {
    UpstreamConfig plain = config(url);
    return ToolServer.open(
        new UpstreamConfig(
            plain.name(),
            plain.target(),
            plain.audience(),
            timeout,
            maxAnswerBytes,
            4,
            plain.exposed(),
            plain.pinning(),
            plain.toolsMaxAge()),
        InstantSource.system());
  }

  private static UpstreamConfig config(URI url) {
    return UpstreamConfig.of(new UpstreamName("up"), url).withTimeout(Duration.ofSeconds(10));
  }

  /// Waits for what another thread brings about.
  static void await(BooleanSupplier condition) {
    long end = RunningTime.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (RunningTime.nanoTime() > end) {
        throw new AssertionError("it did not come about within 10 s");
      }
      Thread.onSpinWait();
    }
  }
}
