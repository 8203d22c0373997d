package dev.interceptor.core.reference;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.reference.ReferencePolicy.And;
import dev.interceptor.core.reference.ReferencePolicy.ArgsMatch;
import dev.interceptor.core.reference.ReferencePolicy.Cel;
import dev.interceptor.core.reference.ReferencePolicy.Condition;
import dev.interceptor.core.reference.ReferencePolicy.CurrentClass;
import dev.interceptor.core.reference.ReferencePolicy.CurrentTool;
import dev.interceptor.core.reference.ReferencePolicy.Expression;
import dev.interceptor.core.reference.ReferencePolicy.Limit;
import dev.interceptor.core.reference.ReferencePolicy.Logic;
import dev.interceptor.core.reference.ReferencePolicy.Not;
import dev.interceptor.core.reference.ReferencePolicy.Or;
import dev.interceptor.core.reference.ReferencePolicy.Pattern;
import dev.interceptor.core.reference.ReferencePolicy.Rule;
import dev.interceptor.core.reference.ReferencePolicy.Selector;
import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import dev.interceptor.core.reference.ReferencePolicy.Sequence;
import dev.interceptor.core.reference.ReferencePolicy.SessionHasClass;
import dev.interceptor.core.reference.ReferencePolicy.SessionHasTaint;
import dev.interceptor.core.reference.ReferencePolicy.SessionHasTool;
import dev.interceptor.core.reference.Story.Call;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A policy's text: YAML whose entries are JSON, one rule a line.
final class PolicyText {
  private PolicyText() {}

  static String of(ReferencePolicy policy) {
    var text = new StringBuilder("name: random\n");
    if (policy.semantics() != Semantics.STRICT) {
      text.append("semantics: ").append(policy.semantics().word).append('\n');
    }
    text.append("tool_classes: ").append(json(policy.toolClasses())).append('\n');
    text.append("static_rules: ").append(json(policy.staticRules())).append('\n');
    if (!policy.limits().isEmpty()) {
      text.append("limits:\n");
      policy.limits().forEach(it -> text.append("  - ").append(json(of(it))).append('\n'));
    }
    if (policy.rules().isEmpty()) {
      return text.append("taint_rules: []\n").toString();
    }
    text.append("taint_rules:\n");
    policy.rules().forEach(rule -> text.append("  - ").append(json(of(rule))).append('\n'));
    return text.toString();
  }

  private static Map<String, Object> of(Rule rule) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("id", rule.id());
    keys.put(rule.selector().byClass() ? "tool_class" : "tool", rule.selector().name());
    keys.put("action", rule.action().name());
    if (!rule.tag().isEmpty()) {
      keys.put("tag", rule.tag());
    }
    if (!rule.forbidden().isEmpty()) {
      keys.put("forbidden_tags", rule.forbidden());
    }
    if (!rule.required().isEmpty()) {
      keys.put("required_tags", rule.required());
    }
    rule.pattern().ifPresent(pattern -> keys.put("pattern", of(pattern)));
    rule.when().ifPresent(when -> keys.put("when", of(when)));
    if (!rule.exceptions().isEmpty()) {
      keys.put(
          "exceptions", rule.exceptions().stream().map(each -> Map.of("when", of(each))).toList());
    }
    rule.error().ifPresent(error -> keys.put("error", error));
    return keys;
  }

  static String of(Call call) {
    return "session %d %s%s %s %s%s"
        .formatted(
            call.session(),
            call.at(),
            call.approved() ? " approved" : "",
            call.qualified(),
            json(call.args()),
            call.completes() ? "" : " fails");
  }

  private static Map<String, Object> of(Limit limit) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("id", limit.id());
    if (!limit.selector().equals(Selector.EVERY_CALL)) {
      keys.put(limit.selector().byClass() ? "tool_class" : "tool", limit.selector().name());
    }
    if (limit.sum().isEmpty()) {
      keys.put("max_calls", limit.max());
    } else {
      keys.put("sum", path(limit.sum()));
      keys.put("max", limit.max());
    }
    keys.put("per", limit.per().name().toLowerCase(Locale.ROOT));
    limit.error().ifPresent(error -> keys.put("error", error));
    return keys;
  }

  private static Object of(Pattern pattern) {
    return switch (pattern) {
      case Logic logic -> {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("type", "logic");
        keys.put("condition", of(logic.condition()));
        yield keys;
      }
      case Sequence sequence -> {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("type", "sequence");
        keys.put("steps", sequence.steps().stream().map(PolicyText::step).toList());
        sequence.maxDistance().ifPresent(distance -> keys.put("max_distance", distance));
        sequence.maxGap().ifPresent(gap -> keys.put("max_gap", gap));
        if (sequence.anywhere()) {
          keys.put("anywhere", true);
        }
        yield keys;
      }
    };
  }

  private static Map<String, Object> step(Selector step) {
    return Map.of(step.byClass() ? "class" : "tool", step.name());
  }

  static Object of(Condition condition) {
    return switch (condition) {
      case And and -> Map.of("AND", and.parts().stream().map(PolicyText::of).toList());
      case Or or -> Map.of("OR", or.parts().stream().map(PolicyText::of).toList());
      case Not not -> Map.of("NOT", of(not.part()));
      case CurrentTool tool -> Map.of("current_tool", tool.name());
      case CurrentClass ofClass -> Map.of("current_tool_class", ofClass.name());
      case SessionHasTool tool -> Map.of("session_has_tool", tool.name());
      case SessionHasClass ofClass -> Map.of("session_has_class", ofClass.name());
      case SessionHasTaint taint -> Map.of("session_has_taint", taint.tag());
      case ArgsMatch match -> Map.of("tool_args_match", match.wanted());
      case Cel cel -> of(cel.expression());
    };
  }

  static String of(Expression expression) {
    return switch (expression) {
      case ReferencePolicy.Both both -> "(" + of(both.left()) + " && " + of(both.right()) + ")";
      case ReferencePolicy.Either either ->
          "(" + of(either.left()) + " || " + of(either.right()) + ")";
      case ReferencePolicy.Negated negated -> "!(" + of(negated.part()) + ")";
      case ReferencePolicy.Compared compared ->
          path(compared.path()) + " " + compared.operator() + " " + json(compared.literal());
      case ReferencePolicy.Among among -> path(among.path()) + " in " + json(among.literals());
      case ReferencePolicy.Contained contained ->
          json(contained.literal()) + " in " + path(contained.path());
      case ReferencePolicy.Given given -> "has(" + path(given.path()) + ")";
      case ReferencePolicy.Flag flag -> path(flag.path());
      case ReferencePolicy.Sized sized ->
          "size(" + path(sized.path()) + ") " + sized.operator() + " " + sized.size();
      case ReferencePolicy.Begins begins ->
          path(begins.path()) + ".startsWith(" + json(begins.prefix()) + ")";
      case ReferencePolicy.Tainted tainted -> json(tainted.tag()) + " in session.taints";
      case ReferencePolicy.OfClass ofClass -> json(ofClass.name()) + " in tool.classes";
      case ReferencePolicy.ToolNamed named -> "tool.name == " + json(named.name());
      case ReferencePolicy.Calls calls -> "session.calls " + calls.operator() + " " + calls.count();
      case ReferencePolicy.Now now ->
          "now " + now.operator() + " timestamp(" + json(now.instant().toString()) + ")";
      case ReferencePolicy.EvenMinute minute -> "now.getMinutes() % 2 == 0";
      case ReferencePolicy.From from -> "request.ip == " + json(from.address());
      case ReferencePolicy.OfCustomer of -> "principal.customer == " + json(of.name());
    };
  }

  private static String path(List<String> path) {
    return path.stream()
        .map(key -> key.matches("[a-z]+") ? "." + key : "[" + json(key) + "]")
        .collect(Collectors.joining("", "args", ""));
  }

  static String json(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> json(entry.getKey()) + ": " + json(entry.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream().map(PolicyText::json).collect(Collectors.joining(", ", "[", "]"));
      case JsonValue leaf -> new String(CanonicalJson.bytes(leaf), StandardCharsets.UTF_8);
      case String text -> json(new JsonString(text));
      default -> String.valueOf(value);
    };
  }
}
