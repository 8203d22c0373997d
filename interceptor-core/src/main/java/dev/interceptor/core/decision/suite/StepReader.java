package dev.interceptor.core.decision.suite;

import dev.interceptor.core.decision.suite.DecisionSuite.Step;
import dev.interceptor.core.policy.YamlReading;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads one step of a suite: a call and the decision it has to get.
final class StepReader {
  static final List<String> KEYS =
      Stream.concat(CallReader.KEYS.stream(), Stream.of("want")).toList();

  private final YamlReading yaml;

  StepReader(YamlReading yaml) {
    this.yaml = yaml;
  }

  Optional<Step> read(Node node) {
    Optional<Map<String, Node>> members = yaml.object(node, "a step", KEYS, List.of());
    if (members.isEmpty()) {
      return Optional.empty();
    }
    Optional<AskedCall> call =
        new CallReader(yaml, CallReader.Defaults.OF_SUITES).read(node, members.get());
    Optional<DecisionSuite.Wanted> wanted = wanted(node, members.get());
    return call.flatMap(asked -> wanted.map(want -> new Step(asked, want)));
  }

  private Optional<DecisionSuite.Wanted> wanted(Node node, Map<String, Node> members) {
    Node want = members.get("want");
    if (want == null) {
      yaml.problems()
          .at(node, "a step needs `want`, as in `want: {permit: [static]}` or `{deny: TAINTED}`");
      return Optional.empty();
    }
    return new WantedReader(yaml).read(want);
  }
}
