package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Tells by its shape what a text is, and reads the policies in it: one policy, Sentinel's list
/// file (`customers`, `policies`), the record of a project from its database (`policies`, `tools`)
/// or rows of policies, or a file of lilith 0.2 (`customer_id`).
final class PolicyFile {
  private static final YamlReading.Keys LIST_KEYS =
      YamlReading.Keys.of(
          "customers",
          "policies",
          "tools",
          "semantics",
          "version",
          "id",
          "user_id",
          "name",
          "description",
          "yaml",
          "api_key",
          "private_key",
          "public_key",
          "created_at",
          "updated_at",
          "exported_at");
  private static final Set<String> SECRETS = Set.of("api_key", "private_key", "public_key");
  private static final List<String> CUSTOMER_KEYS =
      List.of("api_key", "owner", "mcp_upstream_url", "policy_name");

  private final Problems problems;
  private final YamlReading yaml;

  private PolicyFile(Problems problems) {
    this.problems = problems;
    this.yaml = new YamlReading(problems, Dialect.SENTINEL_V1);
  }

  /// What could be read: all of it, and not nothing, unless there are problems.
  static List<PolicySource> read(Node root, Problems problems) {
    return new PolicyFile(problems).policies(root);
  }

  private List<PolicySource> policies(Node root) {
    if (root instanceof SequenceNode) {
      return list(root, Dialect.SENTINEL_V1, Map.of());
    }
    if (member(root, "policies").isPresent() || member(root, "customers").isPresent()) {
      return yaml.object(root, "the file", LIST_KEYS)
          .map(members -> listFile(root, members))
          .orElse(List.of());
    }
    if (member(root, "customer_id").isPresent() || member(root, "customerId").isPresent()) {
      return new LilithReader(problems).read(root).stream().toList();
    }
    return policy(root, Dialect.STRICT, Map.of()).stream().toList();
  }

  private static Optional<Node> member(Node node, String key) {
    if (!(node instanceof MappingNode mapping)) {
      return Optional.empty();
    }
    return mapping.getValue().stream()
        .filter(tuple ->
            tuple.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  private List<PolicySource> listFile(Node root, Map<String, Node> members) {
    for (String secret : SECRETS) {
      Node node = members.get(secret);
      if (node != null) {
        problems.warn(node, "`" + secret + "` is not read; keep keys out of policy files");
      }
    }
    Map<NamePattern, SortedSet<ToolClass>> tools =
        Optional.ofNullable(members.get("tools"))
            .map(node -> new ToolRegistry(yaml).read(node))
            .orElse(Map.of());
    Node policies = members.get("policies");
    if (policies == null) {
      problems.at(root, "the file needs `policies`");
      return List.of();
    }
    List<PolicySource> read = list(policies, dialect(root, Dialect.SENTINEL_V1), tools);
    Node customers = members.get("customers");
    if (customers != null) {
      Set<String> names = Set.copyOf(read.stream().map(PolicySource::name).distinct().toList());
      for (Node customer : yaml.list(customers, "`customers`")) {
        customer(customer, names);
      }
    }
    return read;
  }

  /// A list, or the only one.
  private List<Node> elements(Node node, String what) {
    return node instanceof MappingNode ? List.of(node) : yaml.list(node, what);
  }

  private List<PolicySource> list(
      Node node, Dialect otherwise, Map<NamePattern, SortedSet<ToolClass>> tools) {
    List<PolicySource> policies = new ArrayList<>();
    Map<String, Node> names = new HashMap<>();
    for (Node element : elements(node, "`policies`")) {
      Optional<PolicySource> policy = policy(element, otherwise, tools);
      policy.ifPresent(read -> {
        if (!read.name().isEmpty() && names.putIfAbsent(read.name(), element) != null) {
          problems.at(element, "the name `" + read.name() + "` is taken; every policy has its own");
        }
        policies.add(read);
      });
    }
    return policies;
  }

  private Optional<PolicySource> policy(
      Node node, Dialect otherwise, Map<NamePattern, SortedSet<ToolClass>> tools) {
    return new PolicyParser(problems, dialect(node, otherwise))
        .policy(node)
        .map(policy -> policy.withClasses(tools));
  }

  private Dialect dialect(Node node, Dialect otherwise) {
    Optional<Node> semantics = member(node, "semantics");
    if (semantics.isEmpty()) {
      return otherwise;
    }
    Optional<Dialect> dialect =
        semantics.get() instanceof ScalarNode word ? Dialect.of(word.getValue()) : Optional.empty();
    if (dialect.isEmpty()) {
      problems.at(semantics.get(), "`semantics` is `strict` or `sentinel-v1`");
    }
    return dialect.orElse(otherwise);
  }

  /// Checks an entry of `customers`, which gives nobody access here. Nothing that it holds is
  /// repeated in a message, not even its keys: it has an API key.
  private void customer(Node node, Set<String> policies) {
    problems.warn(
        node,
        "customers are not read from policies: make the key with `interceptor keys create`, let"
            + " the customer name its policy, and take the key out of this file");
    if (!(node instanceof MappingNode mapping)) {
      problems.at(node, "a customer must be an object (`key: value`)");
      return;
    }
    Set<String> missing = new LinkedHashSet<>(CUSTOMER_KEYS);
    for (NodeTuple tuple : mapping.getValue()) {
      Optional<String> key =
          tuple.getKeyNode() instanceof ScalarNode scalar
              ? YamlReading.spelled(scalar.getValue(), CUSTOMER_KEYS)
              : Optional.empty();
      if (key.isEmpty() || !missing.remove(key.get())) {
        problems.at(
            tuple.getKeyNode(),
            "a customer has " + String.join(", ", CUSTOMER_KEYS) + ", each once");
      } else if (yaml.text(tuple.getValueNode(), "`" + key.get() + "`").isPresent()
          && key.get().equals("policy_name")
          && !policies.contains(((ScalarNode) tuple.getValueNode()).getValue())) {
        problems.at(
            tuple.getValueNode(), "no policy of this file has the name that `policy_name` gives");
      }
    }
    if (!missing.isEmpty()) {
      problems.at(node, "a customer needs `" + String.join("`, `", missing) + "`");
    }
  }
}
