package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.session.Label;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads lilith's `resource_rules`, whose first match decides: about the paths among the arguments
/// of every tool, of which it only blocks some, and about `resources/read`, where what nothing
/// allows is denied.
final class LilithResources {
  private static final YamlReading.Keys KEYS =
      YamlReading.Keys.of("uri_pattern", "action", "taints_to_add", "exceptions");
  private static final List<String> PATHS =
      List.of(
          "path",
          "file",
          "uri",
          "url",
          "filename",
          "filepath",
          "dir",
          "directory",
          "source",
          "dest",
          "destination",
          "target");
  private static final NamePattern READ = NamePattern.of("resources/read");
  private static final Selector EVERY_CALL = new Selector.ByTool(NamePattern.EVERYTHING);
  private static final Selector READ_CALL = new Selector.ByTool(READ);

  private final YamlReading yaml;
  private final List<PolicySource.SourceRule> rules = new ArrayList<>();
  private final List<Glob> earlier = new ArrayList<>();
  private boolean allowsSome;

  LilithResources(YamlReading yaml) {
    this.yaml = yaml;
  }

  List<PolicySource.SourceRule> read(@Nullable Node node) {
    if (!(node instanceof SequenceNode list) || list.getValue().isEmpty()) {
      if (node != null && !(node instanceof SequenceNode)) {
        yaml.problems().at(node, "`resource_rules` must be a list (`[a, b]`)");
      }
      return List.of();
    }
    yaml.problems()
        .warn(
            node,
            "paths are also looked at decoded and with `..` resolved, and a rule that blocks one of"
                + " these readings blocks; lilith looked at the text alone");
    list.getValue().forEach(this::rule);
    var anything =
        new Condition.Argument(List.of("uri"), new JsonString("*"), Optional.of(Glob.of("*")));
    add(
        "resource-default",
        READ_CALL,
        new Action.Block("BLOCK"),
        new Condition.Any(
            List.of(
                new Condition.Not(new Condition.ToolArgsMatch(List.of(anything))),
                new Condition.Resource(
                    List.of("uri"), Resources.Kind.URI, Glob.of("*"), List.copyOf(earlier)))));
    return rules;
  }

  /// The static rules, and `resources/read` if some resource may be read and no static rule says
  /// otherwise.
  Map<NamePattern, StaticVerdict> permitting(Map<NamePattern, StaticVerdict> verdicts) {
    Map<NamePattern, StaticVerdict> all = new LinkedHashMap<>(verdicts);
    if (allowsSome) {
      all.putIfAbsent(READ, StaticVerdict.ALLOW);
    }
    return all;
  }

  private void rule(Node node) {
    Optional<Map<String, Node>> read = yaml.object(node, "a resource rule", KEYS);
    if (read.isEmpty()) {
      return;
    }
    Map<String, Node> members = read.get();
    Optional<Glob> glob =
        Optional.ofNullable(members.get("uri_pattern"))
            .flatMap(
                pattern -> yaml.text(pattern, "`uri_pattern`").map(text -> glob(pattern, text)));
    Optional<String> action =
        Optional.ofNullable(members.get("action"))
            .flatMap(word -> yaml.text(word, "`action`"))
            .map(word -> word.toUpperCase(Locale.ROOT));
    if (glob.isEmpty() || action.isEmpty()) {
      yaml.problems().at(node, "a resource rule needs `uri_pattern` and `action`");
      return;
    }
    Node exceptions = members.get("exceptions");
    if (exceptions != null) {
      yaml.problems().warn(exceptions, "lilith never looked at `exceptions` of a resource rule");
    }
    String id = "resource-" + (earlier.size() + 1);
    switch (action.get()) {
      case "BLOCK" -> block(id, glob.get());
      case "ALLOW" -> allow(id, members.get("taints_to_add"), glob.get());
      default -> yaml.problems().at(node, "the action of a resource rule is `ALLOW` or `BLOCK`");
    }
    earlier.add(glob.get());
  }

  private void block(String id, Glob glob) {
    var isRead = new Condition.CurrentTool(READ);
    Condition path = new Condition.Resource(PATHS, Resources.Kind.PATH, glob, List.copyOf(earlier));
    Condition uri =
        new Condition.Resource(List.of("uri"), Resources.Kind.URI, glob, List.copyOf(earlier));
    add(
        id,
        EVERY_CALL,
        new Action.Block("BLOCK"),
        new Condition.Any(
            List.of(
                new Condition.All(List.of(isRead, uri)),
                new Condition.All(List.of(new Condition.Not(isRead), path)))));
  }

  private void allow(String id, @Nullable Node tags, Glob glob) {
    allowsSome = true;
    if (!(tags instanceof SequenceNode list)) {
      return;
    }
    var uri =
        new Condition.Resource(List.of("uri"), Resources.Kind.URI, glob, List.copyOf(earlier));
    for (Label tag : yaml.each(list.getValue(), tag -> yaml.named(tag, "a tag", Label::new))) {
      add(id + "-" + tag.value(), READ_CALL, new Action.AddTaint(tag), uri);
    }
  }

  private void add(String id, Selector selector, Action action, Condition guard) {
    rules.add(
        new PolicySource.SourceRule(
            new RuleId(id),
            selector,
            action,
            Optional.empty(),
            List.of(guard),
            List.of(),
            Optional.empty()));
  }

  /// In lilith only one star has a meaning: the last character, else the first one, else the first
  /// in the text; all others are stars.
  private Glob glob(Node node, String text) {
    if (text.indexOf('*') != text.lastIndexOf('*') && !text.equals("*")) {
      yaml.problems()
          .warn(node, "only one `*` of this pattern stands for other text, as in lilith");
    }
    if (text.endsWith("*")) {
      return new Glob(text, List.of(text.substring(0, text.length() - 1), ""));
    }
    if (text.startsWith("*")) {
      return new Glob(text, List.of("", text.substring(1)));
    }
    int star = text.indexOf('*');
    return star < 0
        ? Glob.of(text)
        : new Glob(text, List.of(text.substring(0, star), text.substring(star + 1)));
  }
}
