package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.LimitReading;
import dev.interceptor.core.decision.suite.DecisionSuite.Wanted;
import dev.interceptor.core.policy.ConditionReading;
import dev.interceptor.core.policy.RuleReading;
import dev.interceptor.server.cli.ExplainReport.Explained;
import java.util.Collection;
import java.util.Locale;

/// An explanation for programs.
final class ExplanationJson {
  private ExplanationJson() {}

  static ObjectNode of(Explained explained) {
    var explanation = explained.explanation();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("policy", explained.policy().name());
    node.put("digest", explained.policy().digestHex());
    node.put("tool", explained.asked().call().tool().qualified());
    texts(node.putArray("classes"), explanation.classes());
    texts(node.putArray("taints"), explained.before().labels());
    decision(node.putObject("decision"), Wanted.of(explanation.decision()));
    ArrayNode entries = node.putArray("static_rules");
    explanation
        .entries()
        .forEach(entry ->
            entries
                .addObject()
                .put("name", entry.name())
                .put("verdict", entry.verdict().name())
                .put("decides", entry.decides()));
    node.put("static_verdict", explanation.verdict().name());
    ArrayNode limits = node.putArray("limits");
    explanation.limits().forEach(limit -> limit(limits.addObject(), limit));
    ArrayNode rules = node.putArray("rules");
    explanation.rules().forEach(rule -> rule(rules.addObject(), rule));
    return node;
  }

  private static void decision(ObjectNode node, Wanted decision) {
    switch (decision) {
      case Wanted.Permit permit -> {
        node.put("permitted", true);
        texts(node.putArray("by"), permit.by());
        texts(node.putArray("add"), permit.add());
        texts(node.putArray("remove"), permit.remove());
      }
      case Wanted.Deny deny -> {
        node.put("permitted", false).put("reason", deny.reason().name());
        texts(node.putArray("by"), deny.by());
        deny.message().ifPresent(message -> node.put("message", message));
      }
    }
  }

  private static void limit(ObjectNode node, LimitReading reading) {
    var limit = reading.limit();
    node.put("id", limit.id().value())
        .put("per", limit.per().name().toLowerCase(Locale.ROOT))
        .put("of", ExplainReport.unit(limit))
        .put("max", ExplainReport.amount(limit, limit.max()))
        .put("applies", reading.applies());
    if (reading.applies()) {
      node.put("used", ExplainReport.amount(limit, reading.used()));
      reading.amount().ifPresent(amount -> node.put("needs", ExplainReport.amount(limit, amount)));
      reading.refusal().ifPresent(reason -> node.put("refusal", reason.name()));
    }
  }

  private static void rule(ObjectNode node, RuleReading rule) {
    node.put("id", rule.id().value())
        .put("action", rule.action())
        .put("about", rule.about())
        .put("verdict", rule.verdict().name());
    rule.tags().ifPresent(tags -> node.put("tags", tags));
    rule.condition().ifPresent(condition -> condition(node.putObject("condition"), condition));
    if (!rule.exceptions().isEmpty()) {
      ArrayNode exceptions = node.putArray("exceptions");
      rule.exceptions()
          .forEach(exception -> {
            ObjectNode entry = exceptions.addObject();
            exception.reason().ifPresent(reason -> entry.put("reason", reason));
            condition(entry.putObject("when"), exception.when());
          });
    }
    rule.error().ifPresent(error -> node.put("error", error));
  }

  private static void condition(ObjectNode node, ConditionReading reading) {
    node.put("text", reading.text()).put("is", ExplainReport.word(reading.truth()));
    reading.why().ifPresent(why -> node.put("why", why));
    if (!reading.parts().isEmpty()) {
      ArrayNode parts = node.putArray("parts");
      reading.parts().forEach(part -> condition(parts.addObject(), part));
    }
  }

  private static void texts(ArrayNode array, Collection<?> values) {
    values.forEach(value -> array.add(String.valueOf(value)));
  }
}
