package dev.interceptor.server.cli;

import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.targets.ModelSettings;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// The options that `dev` and `demo` share.
final class DevOptions {
  @Option(
      names = "--upstream",
      paramLabel = "NAME=URL",
      description = "also put this MCP server behind the interceptor (repeatable)")
  List<String> upstreams = List.of();

  @Option(
      names = "--stdio",
      paramLabel = "NAME=COMMAND",
      description =
          "also start this MCP server, which speaks over its standard input and output, and put it"
              + " behind the interceptor; words are apart by spaces, quotes keep them together"
              + " (repeatable)")
  List<String> commands = List.of();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "decide by this policy instead of policies/demo.yaml")
  Optional<Path> policy = Optional.empty();

  @Option(
      names = "--models",
      paramLabel = "FILE",
      description = "offer the models of this file on /v1 (docs/models.md)")
  Optional<Path> models = Optional.empty();

  @Option(
      names = "--expose",
      paramLabel = "NAME=FEATURES",
      description =
          "what clients of /mcp get of an --upstream or --stdio besides tools: all, or some of"
              + " resources, prompts, completion, subscriptions, logging, elicitation, sampling,"
              + " roots separated by commas (repeatable)")
  Map<String, String> exposed = Map.of();

  DevStack start(Surroundings surroundings, Path state, int port, int adminPort) {
    return DevStack.start(
        new DevStack.Settings(
            state,
            port,
            adminPort,
            policy.orElseGet(() -> surroundings.home().resolve("policies/demo.yaml")),
            exposing(
                Stream.concat(
                        upstreams.stream().map(DevOptions::upstream),
                        commands.stream().map(text -> command(text, surroundings.environment())))
                    .toList()),
            new ModelSettings(
                models,
                ModelSettings.NONE.json(),
                ModelSettings.NONE.underWay(),
                surroundings.environment())));
  }

  /// @throws IllegalArgumentException saying what to write instead
  private List<UpstreamConfig> exposing(List<UpstreamConfig> servers) {
    for (String name : exposed.keySet()) {
      if (servers.stream().noneMatch(server -> server.name().value().equals(name))) {
        throw new IllegalArgumentException(
            "--expose `"
                + name
                + "` names no upstream: write --upstream or --stdio "
                + name
                + "=…, too");
      }
    }
    return servers.stream()
        .map(server ->
            server.exposing(Feature.parse(exposed.getOrDefault(server.name().value(), ""))))
        .toList();
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

  /// @throws IllegalArgumentException saying what to write instead
  private static UpstreamConfig command(String text, Map<String, String> environment) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "--stdio cannot be used: write --stdio \"NAME=PROGRAM ARGUMENT\"");
    }
    return ServerConfig.upstream(
        text.substring(0, equals), Words.of(text.substring(equals + 1)), environment);
  }

  static Path temporaryState() {
    try {
      return Files.createTempDirectory("interceptor-");
    } catch (IOException e) {
      throw new IllegalStateException("no temporary folder could be made", e);
    }
  }
}
