package dev.interceptor.core.reference;

import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import dev.interceptor.core.reference.Story.Call;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Names and globs: what a policy's words mean for a tool.
final class ReferenceNames {
  private static final Pattern UPSTREAM = Pattern.compile("[a-z0-9*][a-z0-9*-]{0,31}");

  private ReferenceNames() {}

  /// `*` stands for any run of characters, everything else for itself.
  static boolean glob(String pattern, String text) {
    return glob(pattern, 0, text, 0);
  }

  private static boolean glob(String pattern, int p, String text, int t) {
    if (p == pattern.length()) {
      return t == text.length();
    }
    if (pattern.charAt(p) == '*') {
      return glob(pattern, p + 1, text, t) || (t < text.length() && glob(pattern, p, text, t + 1));
    }
    return t < text.length()
        && pattern.charAt(p) == text.charAt(t)
        && glob(pattern, p + 1, text, t + 1);
  }

  /// A bare name is that tool on every upstream; one that has `__` after what can be an upstream's
  /// name is qualified. To Sentinel v1 a `*` is a star, which no name has.
  static boolean names(ReferencePolicy policy, String pattern, Call call) {
    if (policy.semantics() == Semantics.SENTINEL_V1 && pattern.contains("*")) {
      return false;
    }
    int separator = pattern.indexOf("__");
    boolean qualified =
        separator > 0 && UPSTREAM.matcher(pattern.substring(0, separator)).matches();
    return glob(pattern, qualified ? call.qualified() : call.tool());
  }

  /// An exact name beats a glob, DENY beats REQUIRE_APPROVAL beats ALLOW among exact names and
  /// among globs.
  static Optional<String> staticVerdict(ReferencePolicy policy, Call call) {
    for (boolean exact : new boolean[] {true, false}) {
      List<String> verdicts =
          policy.staticRules().entrySet().stream()
              .filter(entry -> exact != entry.getKey().contains("*"))
              .filter(entry -> names(policy, entry.getKey(), call))
              .map(Map.Entry::getValue)
              .toList();
      if (!verdicts.isEmpty()) {
        return Stream.of("DENY", "REQUIRE_APPROVAL", "ALLOW")
            .filter(verdicts::contains)
            .findFirst();
      }
    }
    return Optional.empty();
  }

  /// The exact name decides alone, the qualified one first; otherwise all matching globs add up.
  static SortedSet<String> classes(ReferencePolicy policy, Call call) {
    Map<String, List<String>> listed = policy.toolClasses();
    for (String name : List.of(call.qualified(), call.tool())) {
      if (listed.containsKey(name) && names(policy, name, call)) {
        return new TreeSet<>(listed.get(name));
      }
    }
    SortedSet<String> classes = new TreeSet<>();
    listed.forEach((pattern, names) -> {
      if (pattern.contains("*") && names(policy, pattern, call)) {
        classes.addAll(names);
      }
    });
    return classes;
  }
}
