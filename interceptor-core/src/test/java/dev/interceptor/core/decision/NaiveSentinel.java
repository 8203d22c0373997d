package dev.interceptor.core.decision;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What Sentinel v1 decided, read literally: rules in file order, the first denial returns, and
/// every sequence walks the whole history.
final class NaiveSentinel {
  private record Past(String tool, Set<String> classes) {}

  /// @param denying the rule that denied, empty if none did
  record Verdict(boolean permitted, String denying, Set<String> added, Set<String> removed) {}

  private final Map<String, Object> policy;
  private final List<Past> history = new ArrayList<>();
  private final Set<String> tags = new HashSet<>();

  NaiveSentinel(Map<String, Object> policy) {
    this.policy = policy;
  }

  Verdict decide(String tool, JsonObject arguments) {
    if (!"ALLOW".equals(map(policy.get("static_rules")).get(tool))) {
      return new Verdict(false, "", Set.of(), Set.of());
    }
    Set<String> classes = new HashSet<>();
    list(map(policy.get("tool_classes")).get(tool)).forEach(name -> classes.add((String) name));
    Past now = new Past(tool, classes);
    Set<String> added = new TreeSet<>();
    Set<String> removed = new TreeSet<>();
    for (Object entry : list(policy.get("taint_rules"))) {
      Map<String, Object> rule = map(entry);
      String action = String.valueOf(rule.get("action"));
      String id = String.valueOf(rule.get("id"));
      if (rule.containsKey("pattern")) {
        if (action.startsWith("BLOCK") && matches(map(rule.get("pattern")), now, arguments)) {
          return new Verdict(false, id, Set.of(), Set.of());
        }
        continue;
      }
      boolean selected =
          rule.containsKey("tool")
              ? tool.equals(rule.get("tool"))
              : classes.contains(String.valueOf(rule.get("tool_class")));
      if (!selected) {
        continue;
      }
      switch (action) {
        case "ADD_TAINT" -> added.add((String) rule.get("tag"));
        case "REMOVE_TAINT" -> removed.add((String) rule.get("tag"));
        case "CHECK_TAINT" -> {
          if (isClosed(rule, now, arguments)) {
            return new Verdict(false, id, Set.of(), Set.of());
          }
        }
        default -> {}
      }
    }
    history.add(now);
    tags.addAll(added);
    tags.removeAll(removed);
    return new Verdict(true, "", added, removed);
  }

  private boolean isClosed(Map<String, Object> rule, Past now, JsonObject arguments) {
    for (Object tag : list(rule.get("forbidden_tags"))) {
      boolean exempted =
          list(rule.get("exceptions")).stream()
              .anyMatch(exception -> holds(map(map(exception).get("when")), now, arguments));
      if (tags.contains(tag) && !exempted) {
        return true;
      }
    }
    return false;
  }

  private boolean matches(Map<String, Object> pattern, Past now, JsonObject arguments) {
    if ("logic".equals(pattern.get("type"))) {
      return holds(map(pattern.get("condition")), now, arguments);
    }
    List<Past> entries = new ArrayList<>(history);
    entries.add(now);
    List<?> steps = list(pattern.get("steps"));
    Integer distance = (Integer) pattern.get("max_distance");
    int taken = 0;
    int first = 0;
    for (int i = 0; i < entries.size() && taken < steps.size(); i++) {
      Map<String, Object> step = map(steps.get(taken));
      Past entry = entries.get(i);
      boolean fits =
          step.containsKey("tool")
              ? entry.tool().equals(step.get("tool"))
              : entry.classes().contains(String.valueOf(step.get("class")));
      if (fits) {
        first = taken == 0 ? i : first;
        taken++;
        if (distance != null && taken > 1 && i - first > distance) {
          taken = 0;
        }
      }
    }
    return taken == steps.size();
  }

  private boolean holds(Map<String, Object> condition, Past now, JsonObject arguments) {
    if (condition.containsKey("AND")) {
      return list(condition.get("AND")).stream().allMatch(part -> holds(map(part), now, arguments));
    }
    if (condition.containsKey("OR")) {
      return list(condition.get("OR")).stream().anyMatch(part -> holds(map(part), now, arguments));
    }
    if (condition.containsKey("NOT")) {
      return !holds(map(condition.get("NOT")), now, arguments);
    }
    if (condition.containsKey("current_tool_class")) {
      return now.classes().contains(String.valueOf(condition.get("current_tool_class")));
    }
    if (condition.containsKey("current_tool")) {
      return now.tool().equals(condition.get("current_tool"));
    }
    if (condition.containsKey("session_has_class")) {
      Object name = condition.get("session_has_class");
      return history.stream().anyMatch(past -> past.classes().contains(String.valueOf(name)));
    }
    if (condition.containsKey("session_has_tool")) {
      Object name = condition.get("session_has_tool");
      return history.stream().anyMatch(past -> past.tool().equals(name));
    }
    if (condition.containsKey("session_has_taint")) {
      return tags.contains(String.valueOf(condition.get("session_has_taint")));
    }
    return map(condition.get("tool_args_match")).entrySet().stream()
        .allMatch(wanted ->
            arguments.members().get(wanted.getKey()) instanceof JsonString(String text)
                && text.equals(wanted.getValue()));
  }

  private static List<?> list(@Nullable Object value) {
    return value == null ? List.of() : (List<?>) value;
  }

  @SuppressWarnings("unchecked") // the test wrote these maps itself
  private static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }
}
