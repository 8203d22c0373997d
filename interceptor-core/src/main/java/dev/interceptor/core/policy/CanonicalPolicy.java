package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.session.Label;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The canonical form of a policy: one JSON value for all texts that mean the same. The order of
/// rules is part of it, because it decides which reason is given.
final class CanonicalPolicy {
  private static final int LANGUAGE_VERSION = 1;

  private CanonicalPolicy() {}

  static JsonObject of(PolicySource policy) {
    Map<String, JsonValue> classes = new TreeMap<>();
    policy
        .toolClasses()
        .forEach((tool, set) -> classes.put(tool.text(), list(set, name -> text(name.value()))));
    Map<String, JsonValue> verdicts = new TreeMap<>();
    policy
        .staticRules()
        .forEach((tool, verdict) -> verdicts.put(tool.text(), text(verdict.name())));
    return object(
        Map.of(
            "version", new JsonNumber(LANGUAGE_VERSION),
            "name", text(policy.name()),
            "tool_classes", new JsonObject(classes),
            "static_rules", new JsonObject(verdicts),
            "taint_rules", list(policy.rules(), CanonicalPolicy::of)));
  }

  private static JsonValue of(PolicySource.SourceRule rule) {
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("id", text(rule.id().value()));
    members.put("for", of(rule.selector()));
    members.put("action", of(rule.action()));
    members.put("guard", list(rule.guard(), CanonicalPolicy::of));
    members.put("exceptions", list(rule.exceptions(), CanonicalPolicy::of));
    rule.error().ifPresent(error -> members.put("error", text(error)));
    return new JsonObject(members);
  }

  private static JsonValue of(PolicySource.Exemption exemption) {
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("when", of(exemption.when()));
    exemption.reason().ifPresent(reason -> members.put("reason", text(reason)));
    return new JsonObject(members);
  }

  private static JsonValue of(Selector selector) {
    return switch (selector) {
      case Selector.ByTool tool -> tagged("tool", text(tool.name().text()));
      case Selector.ByClass byClass -> tagged("class", text(byClass.toolClass().value()));
    };
  }

  private static JsonValue of(Action action) {
    return switch (action) {
      case Action.AddTaint add -> tagged("ADD_TAINT", text(add.tag().value()));
      case Action.RemoveTaint remove -> tagged("REMOVE_TAINT", text(remove.tag().value()));
      case Action.Block block -> tagged(block.keyword(), JsonObject.EMPTY);
      case Action.CheckTaint check ->
          tagged(
              "CHECK_TAINT",
              object(
                  Map.of(
                      "forbidden_tags", list(check.forbidden(), CanonicalPolicy::of),
                      "required_tags", list(check.required(), CanonicalPolicy::of))));
    };
  }

  private static JsonValue of(Label label) {
    return text(label.value());
  }

  private static JsonValue of(Condition condition) {
    return switch (condition) {
      case Condition.All all -> tagged("AND", list(all.parts(), CanonicalPolicy::of));
      case Condition.Any any -> tagged("OR", list(any.parts(), CanonicalPolicy::of));
      case Condition.Not not -> tagged("NOT", of(not.part()));
      case Condition.CurrentTool tool -> tagged("current_tool", text(tool.name().text()));
      case Condition.CurrentToolClass c ->
          tagged("current_tool_class", text(c.toolClass().value()));
      case Condition.SessionHasTool tool -> tagged("session_has_tool", text(tool.name().text()));
      case Condition.SessionHasClass c -> tagged("session_has_class", text(c.toolClass().value()));
      case Condition.SessionHasTaint taint -> tagged("session_has_taint", of(taint.tag()));
      case Condition.ToolArgsMatch match ->
          tagged("tool_args_match", list(match.arguments(), CanonicalPolicy::of));
      case Condition.Expression expression -> tagged("cel", text(expression.text()));
      case Condition.InSequence in -> of(in.sequence());
    };
  }

  private static JsonValue of(Condition.Argument argument) {
    return object(
        Map.of("path", list(argument.path(), CanonicalPolicy::text), "value", argument.wanted()));
  }

  static JsonValue of(Sequence sequence) {
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("steps", list(sequence.steps(), CanonicalPolicy::of));
    members.put("anywhere", JsonBoolean.of(sequence.anywhere()));
    sequence
        .maxDistance()
        .ifPresent(distance -> members.put("max_distance", new JsonNumber(distance)));
    return tagged("sequence", new JsonObject(members));
  }

  private static JsonValue tagged(String name, JsonValue value) {
    return new JsonObject(Map.of(name, value));
  }

  private static JsonObject object(Map<String, JsonValue> members) {
    return new JsonObject(new TreeMap<>(members));
  }

  private static <T> JsonValue list(Collection<T> values, Function<T, JsonValue> form) {
    List<JsonValue> elements = values.stream().map(form).toList();
    return new JsonArray(elements);
  }

  private static JsonValue text(String value) {
    return new JsonString(value);
  }
}
