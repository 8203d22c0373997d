package dev.interceptor.server.cli;

import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that `dev` and `demo` share.
final class DevOptions {
  @Option(
      names = "--upstream",
      paramLabel = "NAME=URL",
      description = "also put this MCP server behind the interceptor (repeatable)")
  List<String> upstreams = List.of();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "decide by this policy instead of policies/demo.yaml")
  Optional<Path> policy = Optional.empty();

  DevStack start(Surroundings surroundings, Path state, int port, int adminPort) {
    return DevStack.start(
        new DevStack.Settings(
            state,
            port,
            adminPort,
            policy.orElseGet(() -> surroundings.home().resolve("policies/demo.yaml")),
            upstreams.stream().map(DevOptions::upstream).toList()));
  }

  /// @throws IllegalArgumentException saying what to write instead
  private static UpstreamConfig upstream(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "--upstream `" + text + "` cannot be used: write NAME=URL");
    }
    return ServerConfig.upstream(text.substring(0, equals), URI.create(text.substring(equals + 1)));
  }

  static Path temporaryState() {
    try {
      return Files.createTempDirectory("interceptor-");
    } catch (IOException e) {
      throw new IllegalStateException("no temporary folder could be made", e);
    }
  }
}
