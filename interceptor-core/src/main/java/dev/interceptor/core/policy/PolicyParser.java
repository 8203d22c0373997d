package dev.interceptor.core.policy;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolClass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads the policy language. A text becomes compiled policies, or every problem it has with its
/// place and what to write instead; nothing is ignored in silence.
public final class PolicyParser {
  static final List<String> KEYS =
      List.of(
          "version",
          "name",
          "description",
          "mode",
          "semantics",
          "tool_classes",
          "static_rules",
          "taint_rules",
          "limits",
          "result_rules");
  private static final List<String> LATER_KEYS =
      List.of("flows", "resource_rules", "validate_arguments");
  private static final List<String> VERDICTS = List.of("ALLOW", "DENY", "REQUIRE_APPROVAL");
  private static final int MAX_LIMITS = 200;
  private static final int MAX_RULES = 2_000;

  private final YamlReading yaml;

  PolicyParser(Problems problems, Dialect dialect) {
    this.yaml = new YamlReading(problems, dialect);
  }

  /// What became of a text.
  public sealed interface Result {
    /// @param policies in the order of the text, never empty, each with its own name
    /// @param warnings what loads but may not mean what its author thinks, in the order of the text
    record Parsed(List<PolicySet> policies, List<PolicyProblem> warnings) implements Result {
      public Parsed {
        policies = List.copyOf(policies);
        warnings = List.copyOf(warnings);
      }

      /// The policy of a text that holds one.
      ///
      /// @throws IllegalStateException if the text holds several
      public PolicySet only() {
        if (policies.size() != 1) {
          throw new IllegalStateException("the text holds " + policies.size() + " policies");
        }
        return policies.getFirst();
      }
    }

    /// @param problems in the order of the text, never empty
    record Rejected(List<PolicyProblem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  /// @param text one YAML document
  /// @param source what problems call the text, such as its file name
  public static Result parse(String text, String source) {
    Problems problems = new Problems(source);
    List<PolicySource> read =
        YamlTree.of(text, problems).map(root -> sources(root, problems)).orElse(List.of());
    if (read.isEmpty() || !problems.none()) {
      return new Result.Rejected(problems.all());
    }
    return new Result.Parsed(
        read.stream().map(PolicyParser::compiled).toList(), problems.warnings());
  }

  /// The policies of a text, before they are compiled; complete only if there are no problems.
  static List<PolicySource> sources(Node root, Problems problems) {
    return PolicyFile.read(root, problems);
  }

  private static PolicySet compiled(PolicySource source) {
    return new PolicySet(
        source.name(),
        Sha256.of(CanonicalJson.bytes(CanonicalPolicy.of(source))),
        source.staticRules(),
        source.toolClasses(),
        source.rules().stream().map(PolicySource.SourceRule::compiled).toList(),
        source.limits(),
        source.resultRules());
  }

  /// One policy, its `semantics` apart.
  Optional<PolicySource> policy(Node root) {
    return yaml.object(root, "the policy", KEYS, LATER_KEYS).map(members -> policy(root, members));
  }

  private PolicySource policy(Node root, Map<String, Node> members) {
    fixed(members, "version", "1");
    fixed(members, "mode", "enforce");
    optional(members, "description").ifPresent(node -> yaml.text(node, "`description`"));
    Set<RuleId> ids = new HashSet<>();
    return new PolicySource(
        required(root, members, "name")
            .flatMap(node -> yaml.named(node, "`name`", PolicyParser::name))
            .orElse(""),
        toolClasses(members),
        required(root, members, "static_rules").map(this::staticRules).orElse(Map.of()),
        optional(members, "taint_rules").map(node -> rules(node, ids)).orElse(List.of()),
        optional(members, "limits").map(node -> limits(node, ids)).orElse(List.of()),
        optional(members, "result_rules")
            .map(node -> new ResultRuleReader(yaml).readAll(node, ids))
            .orElse(List.of()));
  }

  static String name(String text) {
    if (!text.matches("[A-Za-z0-9_.:-]{1,64}")) {
      throw new IllegalArgumentException("a policy's name is 1-64 of A-Z a-z 0-9 _ . : -");
    }
    return text;
  }

  private static Optional<Node> optional(Map<String, Node> members, String key) {
    return Optional.ofNullable(members.get(key));
  }

  private Optional<Node> required(Node root, Map<String, Node> members, String key) {
    Optional<Node> node = optional(members, key);
    if (node.isEmpty()) {
      yaml.problems().at(root, "the policy needs `" + key + "`");
    }
    return node;
  }

  /// A key that has one supported value, which is also its default.
  private void fixed(Map<String, Node> members, String key, String only) {
    optional(members, key)
        .filter(node -> !(node instanceof ScalarNode scalar && scalar.getValue().equals(only)))
        .ifPresent(node ->
            yaml.problems()
                .at(
                    node,
                    "this `"
                        + key
                        + "` is not supported by this version; write `"
                        + key
                        + ": "
                        + only
                        + "`"));
  }

  Map<NamePattern, SortedSet<ToolClass>> toolClasses(Map<String, Node> members) {
    Map<NamePattern, SortedSet<ToolClass>> classes = new LinkedHashMap<>();
    optional(members, "tool_classes")
        .flatMap(node -> yaml.entries(node, "`tool_classes`"))
        .ifPresent(entries ->
            entries.forEach((tool, value) ->
                yaml.toolName(tool, "a name in `tool_classes`")
                    .filter(name -> !name.equals(NamePattern.NOTHING))
                    .ifPresent(name -> classes.put(name, classes(value)))));
    return classes;
  }

  private SortedSet<ToolClass> classes(Node node) {
    return new TreeSet<>(
        yaml.each(
            yaml.list(node, "the classes of a tool"),
            element -> yaml.named(element, "a class", ToolClass::new)));
  }

  Map<NamePattern, StaticVerdict> staticRules(Node node) {
    Map<NamePattern, StaticVerdict> rules = new LinkedHashMap<>();
    yaml.entries(node, "`static_rules`")
        .ifPresent(entries ->
            entries.forEach((tool, value) -> {
              Optional<StaticVerdict> verdict = verdict(value);
              yaml.toolName(tool, "a name in `static_rules`")
                  .filter(name -> !name.equals(NamePattern.NOTHING))
                  .ifPresent(name -> verdict.ifPresent(v -> rules.put(name, v)));
            }));
    return rules;
  }

  private Optional<StaticVerdict> verdict(Node node) {
    Optional<String> word = yaml.text(node, "a static rule");
    return switch (word.orElse("")) {
      case "ALLOW" -> Optional.of(StaticVerdict.ALLOW);
      case "DENY" -> Optional.of(StaticVerdict.DENY);
      case "REQUIRE_APPROVAL" -> {
        if (yaml.dialect().isAncestral()) {
          yaml.problems().at(node, yaml.strictOnly("REQUIRE_APPROVAL"));
        }
        yield Optional.of(StaticVerdict.REQUIRE_APPROVAL);
      }
      default -> {
        word.ifPresent(text ->
            yaml.problems()
                .at(
                    node,
                    (yaml.dialect().isAncestral()
                            ? "a static rule is `ALLOW` or `DENY`, in capitals"
                            : "a static rule is `ALLOW`, `DENY` or `REQUIRE_APPROVAL`, in capitals")
                        + Spelling.suggestion(text, VERDICTS)));
        yield Optional.empty();
      }
    };
  }

  List<PolicySource.SourceRule> rules(Node node, Set<RuleId> ids) {
    if (node instanceof SequenceNode empty && empty.getValue().isEmpty()) {
      return List.of();
    }
    List<Node> nodes = yaml.list(node, "`taint_rules`");
    if (nodes.size() > MAX_RULES) {
      yaml.problems().at(node, "more than " + MAX_RULES + " rules");
      return List.of();
    }
    RuleReader reader = new RuleReader(yaml);
    List<PolicySource.SourceRule> rules = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Optional<PolicySource.SourceRule> rule = reader.read(nodes.get(i), i + 1);
      if (rule.isPresent()) {
        claim(nodes.get(i), rule.get().id(), ids);
        rules.add(rule.get());
      }
    }
    return rules;
  }

  private List<Limit> limits(Node node, Set<RuleId> ids) {
    if (node instanceof SequenceNode empty && empty.getValue().isEmpty()) {
      return List.of();
    }
    List<Node> nodes = yaml.list(node, "`limits`");
    if (nodes.size() > MAX_LIMITS) {
      yaml.problems().at(node, "more than " + MAX_LIMITS + " limits");
      return List.of();
    }
    LimitReader reader = new LimitReader(yaml);
    List<Limit> limits = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Optional<Limit> limit = reader.read(nodes.get(i), i + 1);
      if (limit.isPresent()) {
        claim(nodes.get(i), limit.get().id(), ids);
        limits.add(limit.get());
      }
    }
    return limits;
  }

  private void claim(Node node, RuleId id, Set<RuleId> ids) {
    if (!ids.add(id)) {
      yaml.problems().at(node, "the id `" + id + "` is taken; every rule has its own");
    }
  }
}
