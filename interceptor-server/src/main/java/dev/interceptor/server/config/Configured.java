package dev.interceptor.server.config;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// The file and the environment, merged and found free of faults.
///
/// @param values texts by key
record Configured(Map<String, String> values, List<UpstreamConfig> upstreams) {
  static Configured of(ConfigFile file, Map<String, String> environment) {
    var problems = new ArrayList<String>();
    var upstreams = new LinkedHashMap<String, Map<String, String>>();
    Map<String, String> settings = merged(file, environment, upstreams, problems);
    Settings.ALL.forEach(setting -> setting.problem(settings).ifPresent(problems::add));
    requirePolicyOrigin(settings, problems);
    List<UpstreamConfig> servers = UpstreamSettings.in(environment).read(upstreams, problems);
    if (problems.isEmpty()) {
      requireIdleOverTimeouts(settings, servers, problems);
    }
    requireNone(problems);
    return new Configured(settings, servers);
  }

  /// The values of some settings alone; others are neither required nor checked.
  static Map<String, String> part(
      ConfigFile file, Map<String, String> environment, List<Setting<?>> wanted) {
    var problems = new ArrayList<String>();
    Map<String, String> settings = merged(file, environment, new LinkedHashMap<>(), problems);
    wanted.forEach(setting -> setting.problem(settings).ifPresent(problems::add));
    requireNone(problems);
    return settings;
  }

  /// How the tools of the upstreams come to be trusted; other members of theirs may be missing.
  static Map<UpstreamName, Pinning> pinning(ConfigFile file, Map<String, String> environment) {
    var problems = new ArrayList<String>();
    var upstreams = new LinkedHashMap<String, Map<String, String>>();
    merged(file, environment, upstreams, problems);
    var pinning = new LinkedHashMap<UpstreamName, Pinning>();
    upstreams.forEach((name, members) -> {
      try {
        pinning.put(
            new UpstreamName(name),
            Optional.ofNullable(members.get("pinning"))
                .map(Pinning::parse)
                .orElse(Pinning.FIRST_SIGHT));
      } catch (IllegalArgumentException e) {
        problems.add("`upstreams." + name + "`: " + e.getMessage());
      }
    });
    requireNone(problems);
    return pinning;
  }

  /// The settings, apart from the upstreams' members.
  private static Map<String, String> merged(
      ConfigFile file,
      Map<String, String> environment,
      Map<String, Map<String, String>> upstreams,
      List<String> problems) {
    var values = new LinkedHashMap<String, String>();
    read(file, values, problems);
    override(environment, values, problems);
    var settings = new LinkedHashMap<String, String>();
    values.forEach((key, value) -> sort(file, key, value, settings, upstreams, problems));
    return settings;
  }

  private static void requireNone(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  /// Two answers to where policies come from are no answer.
  private static void requirePolicyOrigin(Map<String, String> settings, List<String> problems) {
    String source = settings.getOrDefault(Settings.POLICY_SOURCE.key(), "");
    boolean file = !settings.getOrDefault(Settings.POLICY_FILE.key(), "").isBlank();
    if (source.equals("file") && !file) {
      problems.add(
          "`policy.file` (INTERCEPTOR_POLICY_FILE) is missing, which `policy.source: file` needs:"
              + " write a YAML file or a folder");
    }
    if (source.equals("database") && file) {
      problems.add(
          "`policy.file` (INTERCEPTOR_POLICY_FILE) has no meaning with `policy.source: database`:"
              + " leave one of them out");
    }
  }

  static PolicyOrigin policy(Map<String, String> settings) {
    String file = Settings.POLICY_FILE.in(settings);
    return file.isBlank() ? new PolicyOrigin.Stored() : new PolicyOrigin.Files(Path.of(file));
  }

  /// A session must not look idle while one of its calls is under way.
  private static void requireIdleOverTimeouts(
      Map<String, String> settings, List<UpstreamConfig> servers, List<String> problems) {
    Duration idle = Settings.SESSION_IDLE.in(settings);
    for (UpstreamConfig server : servers) {
      if (idle.compareTo(server.timeout()) <= 0) {
        problems.add(
            "`session.idle` is not longer than the timeout of `upstreams."
                + server.name()
                + "`: write a longer one");
      }
    }
  }

  private static void read(ConfigFile file, Map<String, String> values, List<String> problems) {
    if (file.text().isBlank()) {
      return;
    }
    try {
      Object root =
          new Load(LoadSettings.builder().setLabel(file.name()).build())
              .loadFromString(file.text());
      if (root instanceof Map<?, ?> map) {
        flatten("", map, values);
      } else if (root != null) {
        problems.add(file.name() + " is not a map of settings: write `http: {port: 8080}`");
      }
    } catch (YamlEngineException _) {
      problems.add(file.name() + " is not well-formed YAML");
    }
  }

  private static void flatten(String prefix, Map<?, ?> map, Map<String, String> values) {
    map.forEach((key, value) -> {
      String path = prefix + key;
      if (UpstreamSettings.isVerbatim(path)) {
        UpstreamSettings.flatten(path, value, values);
      } else if (path.equals(Settings.AUDIT_TOOLS.key()) && value instanceof Map<?, ?> tools) {
        values.put(path, joined(tools));
      } else if (value instanceof Map<?, ?> inner) {
        flatten(path + ".", inner, values);
      } else if (value instanceof List<?> list) {
        values.put(path, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
      } else if (value != null) {
        values.put(path, value.toString());
      }
    });
  }

  /// A map whose keys are no settings, as its variable has it.
  private static String joined(Map<?, ?> map) {
    return map.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  private static void override(
      Map<String, String> environment, Map<String, String> values, List<String> problems) {
    Map<String, String> keys =
        Settings.ALL.stream().collect(Collectors.toMap(Setting::variable, Setting::key));
    environment.forEach((variable, value) -> {
      String key = keys.get(variable);
      if (key != null) {
        values.put(key, value);
      } else if (variable.equals(UpstreamSettings.VARIABLE)) {
        upstreamsFrom(value, values, problems);
      } else if (variable.startsWith("INTERCEPTOR_")) {
        problems.add("unknown variable `" + variable + "`" + suggestion(variable, keys.keySet()));
      }
    });
  }

  private static void upstreamsFrom(
      String text, Map<String, String> values, List<String> problems) {
    for (String entry : text.split(",", -1)) {
      int equals = entry.indexOf('=');
      if (equals < 1) {
        problems.add(UpstreamSettings.VARIABLE + " cannot be used: write NAME=URL,NAME=URL");
      } else {
        values.put(
            UpstreamSettings.KEY + "." + entry.substring(0, equals).strip() + ".url",
            entry.substring(equals + 1).strip());
      }
    }
  }

  private static void sort(
      ConfigFile file,
      String key,
      String value,
      Map<String, String> settings,
      Map<String, Map<String, String>> upstreams,
      List<String> problems) {
    String[] path = key.split("\\.", 3);
    if (path.length == 3
        && path[0].equals(UpstreamSettings.KEY)
        && UpstreamSettings.isMember(path[2])) {
      upstreams.computeIfAbsent(path[1], name -> new LinkedHashMap<>()).put(path[2], value);
      return;
    }
    List<String> known = Settings.ALL.stream().<String>map(Setting::key).toList();
    if (known.contains(key)) {
      settings.put(key, value);
      return;
    }
    problems.add(file.name() + ": unknown key `" + key + "`" + suggestion(key, known));
  }

  private static String suggestion(String wrong, Iterable<String> known) {
    String best = "";
    int distance = Math.max(2, wrong.length() / 3) + 1;
    for (String candidate : known) {
      int found = distance(wrong, candidate);
      if (found < distance) {
        distance = found;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : "; did you mean `" + best + "`?";
  }

  /// Levenshtein's distance.
  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replace = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[right.length()];
  }
}
