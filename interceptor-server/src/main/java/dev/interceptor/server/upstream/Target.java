package dev.interceptor.server.upstream;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.tool.UpstreamName;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// How a tool server is reached.
public sealed interface Target {
  /// The `aud` of tokens for a server whose configuration names none.
  Audience audience(UpstreamName name);

  /// An MCP endpoint.
  ///
  /// @param url `http` or `https`, without user info and fragment
  record Endpoint(URI url) implements Target {
    /// @throws IllegalArgumentException saying what to write instead, without the URL
    public Endpoint {
      boolean web =
          "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
      if (!web
          || url.getHost() == null
          || url.getRawUserInfo() != null
          || url.getRawFragment() != null) {
        throw new IllegalArgumentException(
            "`url` must be http or https with a host, without user info and fragment");
      }
    }

    @Override
    public Audience audience(UpstreamName name) {
      return Audience.of(url);
    }
  }

  /// A program on this machine that speaks MCP over its standard input and output. Prints as its
  /// program alone: arguments and environment may hold secrets.
  ///
  /// @param arguments the program and its arguments, handed to it as they are, without a shell
  /// @param environment all variables that it gets
  /// @param folder where it runs; empty for that of this process
  record Command(List<String> arguments, Map<String, String> environment, Optional<Path> folder)
      implements Target {
    /// What every command gets of this process's own environment.
    public static final Set<String> INHERITED = Set.of("PATH", "HOME");

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /// @throws IllegalArgumentException saying what to write instead, without a value
    public Command {
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
      if (arguments.isEmpty() || arguments.getFirst().isBlank()) {
        throw new IllegalArgumentException(
            "`command` names no program: write a list, [program, argument]");
      }
      if (arguments.stream().anyMatch(Command::holdsNul)
          || environment.values().stream().anyMatch(Command::holdsNul)) {
        throw new IllegalArgumentException(
            "`command` or `env` holds a NUL character, which no program can be given: leave it"
                + " out");
      }
      for (String variable : environment.keySet()) {
        if (!VARIABLE.matcher(variable).matches()) {
          throw new IllegalArgumentException(
              "`env." + variable + "` is not a variable's name: write letters, digits and _");
        }
      }
    }

    private static boolean holdsNul(String text) {
      return text.indexOf('\0') >= 0;
    }

    /// Values that its configuration names, and that are not for logs.
    List<String> secrets() {
      return environment.entrySet().stream()
          .filter(variable -> !INHERITED.contains(variable.getKey()))
          .map(Map.Entry::getValue)
          .toList();
    }

    /// `stdio://NAME`: nobody else is reached under it.
    @Override
    public Audience audience(UpstreamName name) {
      return new Audience("stdio://" + name);
    }

    @Override
    public String toString() {
      return "Command[" + arguments.getFirst() + ", the rest redacted]";
    }
  }
}
