package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The canonical form of `result_rules`, in file order.
final class CanonicalResultRules {
  private CanonicalResultRules() {}

  static JsonValue of(List<ResultRule> rules) {
    return new JsonArray(rules.stream().map(CanonicalResultRules::of).toList());
  }

  private static JsonValue of(ResultRule rule) {
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("id", new JsonString(rule.id().value()));
    members.put("for", CanonicalPolicy.of(rule.selector()));
    members.put("action", of(rule.action()));
    members.put(
        "detect",
        new JsonArray(
            rule.detections().stream()
                .<JsonValue>map(kind -> new JsonString(ResultRuleReader.word(kind)))
                .toList()));
    rule.error().ifPresent(error -> members.put("error", new JsonString(error)));
    return new JsonObject(members);
  }

  private static JsonValue of(ResultAction action) {
    return switch (action) {
      case ResultAction.AddTaint add ->
          new JsonObject(Map.of("ADD_TAINT", new JsonString(add.tag().value())));
      case ResultAction.Redact redact -> new JsonObject(Map.of("REDACT", JsonObject.EMPTY));
      case ResultAction.Block block -> new JsonObject(Map.of("BLOCK", JsonObject.EMPTY));
    };
  }
}
