package dev.interceptor.server.config;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.Target;
import dev.interceptor.server.upstream.UnreachedTools;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The members of `upstreams.NAME`, by their path below the name: `url`, `command.0`, `env.KEY`.
///
/// @param inherited variables that every command gets
record UpstreamSettings(Map<String, String> inherited) {
  static final String KEY = "upstreams";
  static final String VARIABLE = "INTERCEPTOR_UPSTREAMS";

  private static final String COMMAND = "command.";
  private static final String ENV = "env.";

  /// `command` and `env` without more stand for a value that cannot be used.
  private static final Pattern MEMBER =
      Pattern.compile(
          "url|cwd|audience|timeout|max-answer-bytes|max-connections|expose|pinning|tools-max-age"
              + "|command(\\.\\d+)?|env(\\.[^.]+)?");

  private static final Pattern VERBATIM = Pattern.compile("upstreams\\.[^.]+\\.(command|env)");

  /// @param environment whose PATH and HOME commands get
  static UpstreamSettings in(Map<String, String> environment) {
    Map<String, String> inherited = new HashMap<>();
    for (String variable : Target.Command.INHERITED) {
      Optional.ofNullable(environment.get(variable))
          .ifPresent(value -> inherited.put(variable, value));
    }
    return new UpstreamSettings(Map.copyOf(inherited));
  }

  static boolean isMember(String path) {
    return MEMBER.matcher(path).matches();
  }

  /// Whether a key of the file holds what a program gets exactly as it is written.
  static boolean isVerbatim(String key) {
    return VERBATIM.matcher(key).matches();
  }

  /// One value for each part of a command, or for each variable. What YAML takes for anything but a
  /// text or a whole number would not arrive as it was written.
  static void flatten(String key, @Nullable Object value, Map<String, String> values) {
    Map<String, @Nullable Object> parts = new LinkedHashMap<>();
    if (value instanceof List<?> list && key.endsWith("command")) {
      list.forEach(part -> parts.put(key + "." + parts.size(), part));
    } else if (value instanceof Map<?, ?> map && key.endsWith("env")) {
      map.forEach((variable, text) -> parts.put(key + "." + variable, text));
    }
    parts.forEach((path, part) -> {
      boolean exact = part instanceof String || part instanceof Integer;
      values.put(exact ? path : key, exact ? String.valueOf(part) : "");
    });
    if (parts.isEmpty()) {
      values.put(key, "");
    }
  }

  List<UpstreamConfig> read(Map<String, Map<String, String>> configured, List<String> problems) {
    List<UpstreamConfig> servers = new ArrayList<>();
    configured.forEach((name, members) -> {
      try {
        servers.add(one(name, members));
      } catch (IllegalArgumentException e) {
        problems.add("`" + KEY + "." + name + "`: " + e.getMessage());
      }
    });
    Set<Audience> audiences = new HashSet<>();
    for (UpstreamConfig server : servers) {
      if (!audiences.add(server.audience())) {
        problems.add(
            "`"
                + KEY
                + "."
                + server.name()
                + "` has the audience of another upstream: a token for one would be good at the"
                + " other");
      }
    }
    if (configured.isEmpty()) {
      problems.add("`upstreams` is missing: write `upstreams: {NAME: {url: http://…}}`");
    }
    return servers;
  }

  /// @throws IllegalArgumentException saying what to write instead, without a value
  UpstreamConfig one(String name, Map<String, String> members) {
    if (UnreachedTools.isReserved(new UpstreamName(name))) {
      throw new IllegalArgumentException(
          "the name stands for tools that run elsewhere: write another one");
    }
    UpstreamConfig plain = UpstreamConfig.of(new UpstreamName(name), target(members));
    Member read = new Member(members);
    return new UpstreamConfig(
        plain.name(),
        plain.target(),
        read.as("audience", text -> Audience.of(url("audience", text)), plain.audience()),
        read.as("timeout", text -> duration("timeout", text), plain.timeout()),
        read.as(
            "max-answer-bytes", text -> integer("max-answer-bytes", text), plain.maxAnswerBytes()),
        read.as(
            "max-connections", text -> integer("max-connections", text), plain.maxConnections()),
        read.as("expose", Feature::parse, plain.exposed()),
        read.as("pinning", Pinning::parse, plain.pinning()),
        read.as("tools-max-age", text -> duration("tools-max-age", text), plain.toolsMaxAge()));
  }

  private Target target(Map<String, String> members) {
    requireTexts(members);
    Optional<String> url = Optional.ofNullable(members.get("url"));
    List<String> arguments = new ArrayList<>();
    while (members.containsKey(COMMAND + arguments.size())) {
      arguments.add(members.getOrDefault(COMMAND + arguments.size(), ""));
    }
    Map<String, String> environment = new HashMap<>(inherited);
    members.forEach((path, value) -> {
      if (path.startsWith(ENV)) {
        environment.put(path.substring(ENV.length()), value);
      }
    });
    if (url.isPresent()) {
      requireNoCommand(members);
      return new Target.Endpoint(url("url", url.get()));
    }
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException(
          "`url` is missing: write `url: http://host:port/path`, or for a program on this machine"
              + " `command: [program, argument]`");
    }
    return new Target.Command(
        arguments, environment, Optional.ofNullable(members.get("cwd")).map(Path::of));
  }

  private static void requireTexts(Map<String, String> members) {
    if (members.containsKey("command")) {
      throw new IllegalArgumentException(
          "`command` is not a list of texts: write [program, argument], and what could be a"
              + " fraction or a truth value in quotes");
    }
    if (members.containsKey("env")) {
      throw new IllegalArgumentException(
          "`env` is not a map of texts: write {NAME: value}, and what could be a fraction or a"
              + " truth value in quotes");
    }
  }

  private static void requireNoCommand(Map<String, String> members) {
    for (String path : members.keySet()) {
      if (path.startsWith(COMMAND)) {
        throw new IllegalArgumentException(
            "`url` and `command` exclude each other: leave one of them out");
      }
      if (path.startsWith(ENV) || path.equals("cwd")) {
        throw new IllegalArgumentException(
            "`env` and `cwd` have a meaning with `command` only: leave them out");
      }
    }
  }

  /// The exception of `URI` repeats what it could not read; this one does not.
  private static URI url(String member, String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException _) {
      throw new IllegalArgumentException(
          "`" + member + "` is not a URL: write http://host:port/path");
    }
  }

  private static Duration duration(String member, String text) {
    try {
      return Setting.parseDuration(text);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException(
          "`" + member + "` is no length of time: write such as 250ms, 5s or 1m");
    }
  }

  private static int integer(String member, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("`" + member + "` is no whole number: write digits");
    }
  }

  private record Member(Map<String, String> members) {
    <T> T as(String name, Function<String, T> parser, T otherwise) {
      return Optional.ofNullable(members.get(name)).map(parser).orElse(otherwise);
    }
  }
}
