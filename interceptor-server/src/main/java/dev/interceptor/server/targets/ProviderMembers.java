package dev.interceptor.server.targets;

import dev.interceptor.server.targets.ModelsFile.Secrets;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// `providers` as the file has them.
record ProviderMembers(Secrets secrets) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,4096}");
  private static final Pattern PREFIX = Pattern.compile("[ -~]{0,64}");
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofHours(1);

  /// Headers that the client's side of the connection sets itself.
  private static final Set<String> TAKEN =
      Set.of(
          "host",
          "connection",
          "content-length",
          "content-type",
          "transfer-encoding",
          "accept",
          "accept-encoding",
          "traceparent",
          "tracestate");

  static final URI NOWHERE = URI.create("http://localhost");

  Map<String, Provider> read(Members members) {
    Map<String, Provider> providers = new LinkedHashMap<>();
    members
        .named()
        .forEach((name, provider) -> {
          if (!NAME.matcher(name).matches()) {
            members.problem(name, "is no name: write 1 to 64 of A-Z a-z 0-9 _ . -");
          }
          providers.put(name, one(name, provider));
        });
    if (providers.isEmpty()) {
      members.problem("NAME", "is missing: write `NAME: {url: https://host, key_env: VARIABLE}`");
    }
    return providers;
  }

  private Provider one(String name, Members members) {
    Provider.Kind kind = members.word("kind", Provider.Kind.OPENAI);
    URI url = members.url("url").orElse(NOWHERE);
    Optional<ProviderKey> key = key(members);
    var provider =
        new Provider(
            name,
            kind,
            url,
            key,
            authHeader(members),
            authPrefix(members),
            trust(members).orElse(Trust.NONE),
            members.duration("timeout", Duration.ofSeconds(60), SHORTEST, LONGEST),
            members.duration("idle_timeout", Duration.ofSeconds(60), SHORTEST, LONGEST),
            members.integer("max_connections", 2048, 1, 10_000),
            LimitMembers.read(members.map("limits")));
    members.nothingElse();
    return provider;
  }

  /// `trust`, or `trusted` as other gateways have it.
  static Optional<Trust> trust(Members members) {
    if (members.has("trust") && members.has("trusted")) {
      members.problem("trusted", "says the same as `trust`: leave one of them out");
    }
    if (members.has("trusted")) {
      return Optional.of(members.flag("trusted", false) ? Trust.FULL : Trust.NONE);
    }
    return members.has("trust") ? Optional.of(members.word("trust", Trust.NONE)) : Optional.empty();
  }

  private Optional<ProviderKey> key(Members members) {
    if (members.has("key")) {
      members.problem(
          "key", "may not stand in this file: write `key_env: VARIABLE` or `key_file: PATH`");
    }
    Optional<String> variable = members.text("key_env");
    Optional<String> file = members.text("key_file");
    if (variable.isPresent() && file.isPresent()) {
      members.problem("key_file", "and `key_env` exclude each other: leave one of them out");
    }
    Optional<String> member = variable.map(_ -> "key_env").or(() -> file.map(_ -> "key_file"));
    Optional<String> text =
        variable.flatMap(secrets::variable).or(() -> file.flatMap(this::content));
    if (member.isPresent() && text.isEmpty()) {
      members.problem(
          member.get(),
          variable.isPresent()
              ? "names a variable that is not set: set it"
              : "names a file that cannot be read: write the path of one that holds the key alone");
      return Optional.empty();
    }
    Optional<String> key = text.map(String::strip);
    if (key.isPresent() && !VISIBLE.matcher(key.get()).matches()) {
      members.problem(
          member.orElse("key_env"), "leads to no key: it is empty or holds blanks or line breaks");
      return Optional.empty();
    }
    return key.map(ProviderKey::new);
  }

  private Optional<String> content(String path) {
    try {
      return secrets.file(Path.of(path));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static String authHeader(Members members) {
    String header = members.text("auth_header").orElse("Authorization");
    if (!HEADER.matcher(header).matches() || TAKEN.contains(header.toLowerCase(Locale.ROOT))) {
      members.problem("auth_header", "cannot carry a key: write such as Authorization or api-key");
    }
    return header;
  }

  /// `Bearer ` for `Authorization`, nothing for other headers.
  private static String authPrefix(Members members) {
    boolean usual = members.text("auth_header").map("authorization"::equalsIgnoreCase).orElse(true);
    String prefix = members.line("auth_prefix").orElse(usual ? "Bearer " : "");
    if (!PREFIX.matcher(prefix).matches()) {
      members.problem("auth_prefix", "is no part of a header: write such as \"Bearer \"");
    }
    return prefix;
  }
}
