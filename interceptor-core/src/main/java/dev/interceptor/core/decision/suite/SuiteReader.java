package dev.interceptor.core.decision.suite;

import dev.interceptor.core.decision.suite.DecisionSuite.Step;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.Problems;
import dev.interceptor.core.policy.YamlReading;
import dev.interceptor.core.policy.YamlTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads decision suites. A text becomes a suite, or every problem it and its policy have, with
/// their places and what to write instead.
public final class SuiteReader {
  /// The keys of a suite.
  public static final List<String> KEYS = List.of("description", "policy", "policy_file", "steps");

  private final YamlReading yaml;
  private final String text;
  private final String source;
  private final Function<String, Optional<String>> files;
  private final List<PolicyProblem> ofThePolicy = new ArrayList<>();

  private SuiteReader(
      Problems problems, String text, String source, Function<String, Optional<String>> files) {
    this.yaml = new YamlReading(problems);
    this.text = text;
    this.source = source;
    this.files = files;
  }

  /// What became of a text.
  public sealed interface Result {
    record Read(DecisionSuite suite) implements Result {}

    /// @param problems in the order of the text, never empty
    record Rejected(List<PolicyProblem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  /// @param source what problems call the text, such as its file name
  /// @param files the text of a `policy_file` by its path as written, empty if it cannot be read
  public static Result read(String text, String source, Function<String, Optional<String>> files) {
    Problems problems = new Problems(source);
    SuiteReader reader = new SuiteReader(problems, text, source, files);
    Optional<DecisionSuite> suite = YamlTree.of(text, problems).flatMap(reader::suite);
    if (suite.isPresent() && problems.none() && reader.ofThePolicy.isEmpty()) {
      return new Result.Read(suite.get());
    }
    return new Result.Rejected(
        Stream.concat(problems.all().stream(), reader.ofThePolicy.stream()).sorted().toList());
  }

  private Optional<DecisionSuite> suite(Node root) {
    Optional<Map<String, Node>> read = yaml.object(root, "a suite", KEYS, List.of());
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = read.get();
    Optional<String> description =
        required(root, members, "description").flatMap(node -> yaml.text(node, "`description`"));
    Optional<PolicySet> policy = policy(root, members);
    List<Step> steps =
        required(root, members, "steps")
            .map(node -> yaml.each(yaml.list(node, "`steps`"), new StepReader(yaml)::read))
            .orElse(List.of());
    if (description.isEmpty() || policy.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new DecisionSuite(source, description.get(), policy.get(), steps));
  }

  private Optional<Node> required(Node root, Map<String, Node> members, String key) {
    Node node = members.get(key);
    if (node == null) {
      yaml.problems().at(root, "a suite needs `" + key + "`");
    }
    return Optional.ofNullable(node);
  }

  private Optional<PolicySet> policy(Node root, Map<String, Node> members) {
    Node inline = members.get("policy");
    Node file = members.get("policy_file");
    if ((inline == null) == (file == null)) {
      yaml.problems()
          .at(
              root,
              "a suite needs exactly one of `policy: |` with the policy's text and"
                  + " `policy_file: ../name.yaml`");
      return Optional.empty();
    }
    if (inline != null) {
      return yaml.text(inline, "`policy`").flatMap(written -> inlined(inline, written));
    }
    return Optional.ofNullable(file)
        .flatMap(node -> yaml.text(node, "`policy_file`").flatMap(path -> inFile(node, path)));
  }

  private Optional<PolicySet> inlined(Node node, String written) {
    InlineText places = InlineText.of(node, text);
    return one(node, PolicyParser.parse(written, source), places::inTheSuite);
  }

  private Optional<PolicySet> inFile(Node node, String path) {
    Optional<String> policy = files.apply(path);
    if (policy.isEmpty()) {
      yaml.problems()
          .at(
              node,
              "`policy_file` "
                  + YamlReading.quoted(path)
                  + " cannot be read; write its path as seen from this file");
      return Optional.empty();
    }
    return one(node, PolicyParser.parse(policy.get(), path), problem -> problem);
  }

  private Optional<PolicySet> one(
      Node node, PolicyParser.Result result, Function<PolicyProblem, PolicyProblem> placed) {
    return switch (result) {
      case PolicyParser.Result.Rejected rejected -> {
        rejected.problems().stream().map(placed).forEach(ofThePolicy::add);
        yield Optional.empty();
      }
      case PolicyParser.Result.Parsed parsed when parsed.policies().size() == 1 ->
          Optional.of(parsed.only());
      case PolicyParser.Result.Parsed parsed -> {
        yaml.problems()
            .at(
                node,
                "a suite is about one policy, and this text holds " + parsed.policies().size());
        yield Optional.empty();
      }
    };
  }
}
