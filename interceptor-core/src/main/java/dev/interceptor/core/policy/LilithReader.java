package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolClass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads a file of lilith 0.2 and says the same in strict rules; where it does not mean the same
/// here, a warning says so.
final class LilithReader {
  private static final YamlReading.Keys KEYS =
      YamlReading.Keys.of(
          "id",
          "customer_id",
          "name",
          "version",
          "schema_version",
          "description",
          "created_at",
          "static_rules",
          "taint_rules",
          "resource_rules",
          "tool_classes",
          "protect_lethal_trifecta",
          "rate_limit",
          "replay_window_secs",
          "pin_mode",
          "semantics");
  private static final Selector EVERY_CALL = new Selector.ByTool(NamePattern.EVERYTHING);
  private static final int LARGEST = 999_999_999;

  private final Problems problems;
  private final YamlReading yaml;
  private final PolicyParser parser;

  LilithReader(Problems problems) {
    this.problems = problems;
    this.yaml = new YamlReading(problems, Dialect.LILITH);
    this.parser = new PolicyParser(problems, Dialect.LILITH);
  }

  Optional<PolicySource> read(Node root) {
    return yaml.object(root, "the policy", KEYS).map(members -> policy(root, members));
  }

  private PolicySource policy(Node root, Map<String, Node> members) {
    for (String key : List.of("id", "customer_id", "name", "version", "static_rules")) {
      if (!members.containsKey(key)) {
        problems.at(root, "a policy of lilith 0.2 needs `" + key + "`");
      }
    }
    warnings(members);
    Set<RuleId> ids = new HashSet<>();
    List<PolicySource.SourceRule> rules = new ArrayList<>();
    var resources = new LilithResources(yaml);
    rules.addAll(resources.read(members.get("resource_rules")));
    rules.forEach(rule -> ids.add(rule.id()));
    Optional.ofNullable(members.get("taint_rules"))
        .ifPresent(node -> rules.addAll(parser.rules(node, ids)));
    trifecta(members).ifPresent(rules::add);
    var verdicts =
        Optional.ofNullable(members.get("static_rules")).map(parser::staticRules).orElse(Map.of());
    return new PolicySource(
        name(members),
        parser.toolClasses(members),
        resources.permitting(verdicts),
        withTagsAsClasses(rules),
        limits(members.get("rate_limit")),
        List.of());
  }

  private String name(Map<String, Node> members) {
    Optional.ofNullable(members.get("name")).ifPresent(node -> yaml.text(node, "`name`"));
    return Optional.ofNullable(members.get("id"))
        .flatMap(node -> yaml.named(node, "`id`, which names the policy,", PolicyParser::name))
        .orElse("");
  }

  private void warnings(Map<String, Node> members) {
    warn(
        members,
        "customer_id",
        "is not read: a customer names its policy, not the other way round");
    warn(
        members,
        "replay_window_secs",
        "has no effect: a token is good for one call, and the tool server refuses it a second time");
    warn(members, "pin_mode", "has no effect: a policy does not pin the definitions of tools");
    Node semantics = members.get("semantics");
    if (semantics != null) {
      problems.at(
          semantics, "a file with `customer_id` is lilith's and is read as that; remove the key");
    }
  }

  private void warn(Map<String, Node> members, String key, String message) {
    Node node = members.get(key);
    if (node != null) {
      problems.warn(node, "`" + key + "` " + message);
    }
  }

  private Optional<PolicySource.SourceRule> trifecta(Map<String, Node> members) {
    Node node = members.get("protect_lethal_trifecta");
    if (node == null || !yaml.truth(node, "`protect_lethal_trifecta`").orElse(false)) {
      return Optional.empty();
    }
    problems.warn(
        node,
        "this denies tools of the class EXFILTRATION once the session carries ACCESS_PRIVATE and"
            + " UNTRUSTED_SOURCE; rules of this file have to add these tags and tool_classes that"
            + " class");
    var required =
        new TreeSet<>(Set.of(new Label("ACCESS_PRIVATE"), new Label("UNTRUSTED_SOURCE")));
    return Optional.of(
        new PolicySource.SourceRule(
            new RuleId("lethal-trifecta"),
            new Selector.ByClass(new ToolClass("EXFILTRATION")),
            new Action.CheckTaint(new TreeSet<>(), required),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.of("private data and untrusted text met in this session; sending is closed")));
  }

  /// In lilith a tool that adds a tag is, to the rules that do not add one, also of the class of
  /// that name.
  private static List<PolicySource.SourceRule> withTagsAsClasses(
      List<PolicySource.SourceRule> rules) {
    return rules.stream()
        .map(rule -> {
          if (rule.action() instanceof Action.AddTaint
              || !(rule.selector() instanceof Selector.ByClass(ToolClass wanted))) {
            return rule;
          }
          List<Selector> adding =
              rules.stream()
                  .filter(other ->
                      other.action() instanceof Action.AddTaint(Label tag)
                          && tag.value().equals(wanted.value()))
                  .map(PolicySource.SourceRule::selector)
                  .toList();
          return adding.isEmpty() ? rule : rule.alsoAbout(adding);
        })
        .toList();
  }

  private List<Limit> limits(@Nullable Node node) {
    if (node == null) {
      return List.of();
    }
    var keys = YamlReading.Keys.of("max_calls_per_session", "max_calls_per_minute");
    List<Limit> limits = new ArrayList<>();
    Map<String, Node> members = yaml.object(node, "`rate_limit`", keys).orElse(Map.of());
    members.forEach((key, value) -> {
      Period per = key.endsWith("session") ? Period.SESSION : Period.MINUTE;
      yaml.integer(value, "`" + key + "`", 0, LARGEST)
          .ifPresent(max ->
              limits.add(
                  LimitReader.keyed(
                      new Limit(
                          new RuleId("rate-" + (per == Period.SESSION ? "session" : "minute")),
                          "",
                          EVERY_CALL,
                          new Limit.Measure.Calls(),
                          max,
                          per,
                          Optional.empty()))));
      problems.warn(
          value,
          per == Period.SESSION
              ? "only permitted calls use this up; lilith counted denied ones too"
              : "this counts permitted calls of all the customer's sessions in a minute of the"
                  + " clock; lilith counted every call of one process in any 60 seconds");
    });
    return limits;
  }
}
