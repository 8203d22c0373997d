package dev.interceptor.core.decision;

import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What POLICY.md says, read literally: the whole history is kept and searched, and nothing is
/// compiled. It knows the two CEL expressions that {@link RandomStories} writes.
final class NaiveDecisions {
  private record Past(ToolRef tool, Set<String> classes) {}

  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final Map<String, Object> policy;
  private final List<Past> history = new ArrayList<>();
  private final Set<String> tags = new HashSet<>();

  NaiveDecisions(Map<String, Object> policy) {
    this.policy = policy;
  }

  Set<String> tags() {
    return tags;
  }

  void remove(Set<Label> labels) {
    labels.forEach(label -> tags.remove(label.value()));
  }

  /// Decides, and remembers the call if it is permitted.
  DecisionSuite.Wanted decide(DecisionRequest request) {
    ToolRef tool = request.call().tool();
    List<String> verdicts =
        best(map(policy.get("static_rules")), tool, true).stream().map(String::valueOf).toList();
    if (verdicts.isEmpty()) {
      return deny(ReasonCode.TOOL_NOT_LISTED, List.of(), Optional.empty());
    }
    if (verdicts.contains("DENY")) {
      return deny(ReasonCode.TOOL_DENIED, List.of(RuleId.STATIC), Optional.empty());
    }
    Set<String> classes = new HashSet<>();
    best(map(policy.get("tool_classes")), tool, false)
        .forEach(some -> list(some).forEach(name -> classes.add((String) name)));
    Past now = new Past(tool, classes);
    List<RuleId> denying = new ArrayList<>();
    List<RuleId> effective = new ArrayList<>(List.of(RuleId.STATIC));
    @Nullable ReasonCode reason = null;
    Optional<String> message = Optional.empty();
    TreeSet<Label> add = new TreeSet<>();
    TreeSet<Label> remove = new TreeSet<>();
    for (Object entry : list(policy.get("taint_rules"))) {
      Map<String, Object> rule = map(entry);
      if (!selects(rule, "tool_class", now)) {
        continue;
      }
      RuleId id = new RuleId(text(rule.get("id")));
      String action = text(rule.get("action"));
      if (action.endsWith("_TAINT") && !action.equals("CHECK_TAINT")) {
        if (effect(rule, action, now, request)) {
          (action.equals("ADD_TAINT") ? add : remove).add(new Label(text(rule.get("tag"))));
          effective.add(id);
        }
        continue;
      }
      Optional<ReasonCode> denial = denial(rule, action, now, request);
      if (denial.isPresent()) {
        if (reason == null) {
          reason = denial.get();
          message = Optional.ofNullable((String) rule.get("error"));
        }
        denying.add(id);
      }
    }
    if (reason != null) {
      return deny(reason, denying, message);
    }
    history.add(now);
    add.forEach(label -> tags.add(label.value()));
    return new DecisionSuite.Wanted.Permit(effective, add, remove);
  }

  private Optional<ReasonCode> denial(
      Map<String, Object> rule, String action, Past now, DecisionRequest request) {
    boolean check = action.equals("CHECK_TAINT");
    if (check
        && list(rule.get("forbidden_tags")).stream().noneMatch(tags::contains)
        && !(rule.containsKey("required_tags")
            && tags.containsAll(list(rule.get("required_tags"))))) {
      return Optional.empty();
    }
    boolean faulty = false;
    try {
      if (!guard(rule, now, request)) {
        return Optional.empty();
      }
    } catch (Fault e) {
      faulty = true;
    }
    for (Object exception : list(rule.get("exceptions"))) {
      if (exempts(exception, now, request)) {
        return Optional.empty();
      }
    }
    boolean sequence =
        rule.containsKey("pattern") && "sequence".equals(map(rule.get("pattern")).get("type"));
    return Optional.of(
        faulty
            ? ReasonCode.EVALUATION_FAULT
            : check
                ? ReasonCode.TAINTED
                : sequence ? ReasonCode.SEQUENCE_BLOCKED : ReasonCode.RULE_BLOCKED);
  }

  private boolean exempts(Object exception, Past now, DecisionRequest request) {
    try {
      return holds(map(exception).get("when"), now, request);
    } catch (Fault e) {
      return false;
    }
  }

  private boolean effect(
      Map<String, Object> rule, String action, Past now, DecisionRequest request) {
    boolean onFault = action.equals("ADD_TAINT");
    try {
      if (!guard(rule, now, request)) {
        return false;
      }
    } catch (Fault e) {
      if (!onFault) {
        return false;
      }
    }
    for (Object exception : list(rule.get("exceptions"))) {
      try {
        if (holds(map(exception).get("when"), now, request)) {
          return false;
        }
      } catch (Fault e) {
        if (!onFault) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean guard(Map<String, Object> rule, Past now, DecisionRequest request) throws Fault {
    List<Object> parts = new ArrayList<>();
    if (rule.containsKey("pattern")) {
      Map<String, Object> pattern = map(rule.get("pattern"));
      if ("logic".equals(pattern.get("type"))) {
        parts.add(pattern.get("condition"));
      } else if (!sequence(pattern, now)) {
        return false;
      }
    }
    if (rule.containsKey("when")) {
      parts.add(rule.get("when"));
    }
    return all(parts, true, now, request);
  }

  private boolean sequence(Map<String, Object> pattern, Past now) {
    List<Past> calls = new ArrayList<>(history);
    calls.add(now);
    Integer distance = (Integer) pattern.get("max_distance");
    List<?> steps = list(pattern.get("steps"));
    boolean anywhere = pattern.containsKey("anywhere");
    for (int first = 0; first < calls.size(); first++) {
      int last = distance == null ? calls.size() - 1 : Math.min(calls.size() - 1, first + distance);
      if (selects(map(steps.getFirst()), "class", calls.get(first))
          && rest(steps, 1, calls, first, last, anywhere)) {
        return true;
      }
    }
    return false;
  }

  private boolean rest(
      List<?> steps, int step, List<Past> calls, int at, int last, boolean anywhere) {
    if (step == steps.size()) {
      return anywhere || at == calls.size() - 1;
    }
    for (int next = at + 1; next <= last; next++) {
      if (selects(map(steps.get(step)), "class", calls.get(next))
          && rest(steps, step + 1, calls, next, last, anywhere)) {
        return true;
      }
    }
    return false;
  }

  private static boolean selects(Map<String, Object> selector, String classKey, Past call) {
    return selector.containsKey("tool")
        ? names(text(selector.get("tool")), call.tool())
        : call.classes().contains(text(selector.get(classKey)));
  }

  /// Every part, or (`every` false) some part: settled without a fault if the others settle it.
  private boolean all(List<?> parts, boolean every, Past now, DecisionRequest request)
      throws Fault {
    boolean fault = false;
    for (Object part : parts) {
      try {
        if (holds(part, now, request) != every) {
          return !every;
        }
      } catch (Fault e) {
        fault = true;
      }
    }
    if (fault) {
      throw new Fault();
    }
    return every;
  }

  private boolean holds(@Nullable Object condition, Past now, DecisionRequest request)
      throws Fault {
    var arguments = request.call().arguments().value();
    if (condition instanceof String cel) {
      if (!(arguments.members().get("n") instanceof JsonNumber(double n))) {
        if (cel.contains("==") && arguments.members().containsKey("n")) {
          return false;
        }
        throw new Fault();
      }
      return cel.contains("==") ? n == 2.0 : n > 3;
    }
    var entry = map(condition).entrySet().iterator().next();
    Object value = entry.getValue();
    return switch (entry.getKey()) {
      case "AND" -> all(list(value), true, now, request);
      case "OR" -> all(list(value), false, now, request);
      case "NOT" -> !holds(value, now, request);
      case "current_tool" -> names(text(value), now.tool());
      case "current_tool_class" -> now.classes().contains(text(value));
      case "session_has_tool" -> history.stream().anyMatch(past -> names(text(value), past.tool()));
      case "session_has_class" ->
          history.stream().anyMatch(past -> past.classes().contains(text(value)));
      case "session_has_taint" -> tags.contains(text(value));
      case "tool_args_match" -> {
        JsonValue x = arguments.members().get("x");
        yield x instanceof JsonString(String s) && glob(text(map(value).get("x")), s);
      }
      default -> throw new IllegalArgumentException(entry.getKey());
    };
  }

  /// The entries that decide about the tool: exact before glob.
  private static List<Object> best(
      Map<String, Object> table, ToolRef tool, boolean exactNamesAreEqual) {
    List<Object> exact = new ArrayList<>();
    for (String name : List.of(tool.qualified(), tool.name().value())) {
      if (table.containsKey(name) && names(name, tool) && (exactNamesAreEqual || exact.isEmpty())) {
        exact.add(table.get(name));
      }
    }
    if (!exact.isEmpty()) {
      return exact;
    }
    return table.keySet().stream()
        .filter(name -> name.contains("*") && names(name, tool))
        .<Object>map(table::get)
        .toList();
  }

  private static boolean names(String pattern, ToolRef tool) {
    return glob(pattern, pattern.contains("__") ? tool.qualified() : tool.name().value());
  }

  private static boolean glob(String pattern, String value) {
    return Pattern.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"), value);
  }

  private static DecisionSuite.Wanted deny(
      ReasonCode reason, List<RuleId> by, Optional<String> message) {
    return new DecisionSuite.Wanted.Deny(reason, by, message);
  }

  private static String text(@Nullable Object value) {
    return String.valueOf(value);
  }

  private static List<?> list(@Nullable Object value) {
    return value == null ? List.of() : (List<?>) value;
  }

  @SuppressWarnings("unchecked") // the test wrote these maps itself
  private static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }
}
