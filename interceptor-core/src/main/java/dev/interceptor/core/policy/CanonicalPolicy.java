package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonArray;
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
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("version", new JsonNumber(LANGUAGE_VERSION));
    members.put("name", text(policy.name()));
    members.put("tool_classes", new JsonObject(classes));
    members.put("static_rules", new JsonObject(verdicts));
    members.put("taint_rules", list(policy.rules(), CanonicalPolicy::of));
    if (!policy.limits().isEmpty()) {
      members.put("limits", list(policy.limits(), CanonicalPolicy::of));
    }
    if (!policy.resultRules().isEmpty()) {
      members.put("result_rules", CanonicalResultRules.of(policy.resultRules()));
    }
    return new JsonObject(members);
  }

  private static JsonValue of(Limit limit) {
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("id", text(limit.id().value()));
    members.put("measured", measured(limit));
    members.put("max", new JsonNumber(limit.max()));
    limit.error().ifPresent(error -> members.put("error", text(error)));
    return new JsonObject(members);
  }

  /// What a limit counts, and over what.
  static JsonObject measured(Limit limit) {
    JsonValue measure =
        switch (limit.measure()) {
          case Limit.Measure.Calls calls -> text("calls");
          case Limit.Measure.SumOf sum -> tagged("sum", list(sum.path(), CanonicalPolicy::text));
        };
    return object(
        Map.of(
            "for", of(limit.selector()),
            "measure", measure,
            "per", text(limit.per().name())));
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

  static JsonValue of(Selector selector) {
    return switch (selector) {
      case Selector.ByTool tool -> tagged("tool", text(tool.name().text()));
      case Selector.ByClass byClass -> tagged("class", text(byClass.toolClass().value()));
      case Selector.AnyOf anyOf -> tagged("any_of", list(anyOf.parts(), CanonicalPolicy::of));
    };
  }

  private static JsonValue of(Action action) {
    return switch (action) {
      case Action.AddTaint add -> tagged("ADD_TAINT", text(add.tag().value()));
      case Action.RemoveTaint remove -> tagged("REMOVE_TAINT", text(remove.tag().value()));
      case Action.Block block -> tagged(block.keyword(), JsonObject.EMPTY);
      case Action.RequireApproval approval -> tagged("REQUIRE_APPROVAL", JsonObject.EMPTY);
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
      case Condition.Compared compared -> of(compared.comparison());
      case Condition.Resource resource -> of(resource);
    };
  }

  private static JsonValue of(Condition.Argument argument) {
    return object(
        Map.of("path", list(argument.path(), CanonicalPolicy::text), "value", argument.wanted()));
  }

  private static JsonValue of(Comparison comparison) {
    return tagged(
        comparison.operator().symbol(),
        list(List.of(comparison.left(), comparison.right()), CanonicalPolicy::of));
  }

  private static JsonValue of(Comparison.Operand operand) {
    return switch (operand) {
      case Comparison.Operand.Variable variable -> tagged("var", text(variable.name()));
      case Comparison.Operand.Value constant -> tagged("value", constant.value());
    };
  }

  private static JsonValue of(Condition.Resource resource) {
    return tagged(
        "resource",
        object(
            Map.of(
                "arguments", list(resource.arguments(), CanonicalPolicy::text),
                "kind", text(resource.kind().name()),
                "wanted", list(resource.wanted().pieces(), CanonicalPolicy::text),
                "earlier",
                    list(resource.earlier(), glob -> list(glob.pieces(), CanonicalPolicy::text)))));
  }

  static JsonValue of(Sequence sequence) {
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("steps", list(sequence.steps(), CanonicalPolicy::of));
    members.put("reading", text(sequence.reading().name()));
    sequence
        .maxDistance()
        .ifPresent(distance -> members.put("max_distance", new JsonNumber(distance)));
    sequence.maxGap().ifPresent(gap -> members.put("max_gap", new JsonNumber(gap)));
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
