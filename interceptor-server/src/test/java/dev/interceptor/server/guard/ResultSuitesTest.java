package dev.interceptor.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Every file of `policies/tests/results`: a policy, what tools returned, and what became of it.
final class ResultSuitesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  List<DynamicContainer> everyResultBecomesWhatIsWritten() throws IOException {
    Path folder = Path.of(System.getProperty("repository", ".."), "policies", "tests", "results");
    List<DynamicContainer> suites = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        suites.add(suite(file));
      }
    }
    assertThat(suites).hasSizeGreaterThanOrEqualTo(2);
    return suites;
  }

  private static DynamicContainer suite(Path file) throws IOException {
    Object yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    Map<?, ?> suite = object(yaml, Set.of("description", "policy", "results"));
    PolicySet policy = parsed(String.valueOf(suite.get("policy")));
    List<DynamicTest> tests = new ArrayList<>();
    for (Object entry : list(suite.get("results"))) {
      Map<?, ?> step = object(entry, Set.of("tool", "result", "want"));
      Map<?, ?> want = object(step.get("want"), Set.of("rules", "add", "result", "withheld"));
      String tool = String.valueOf(step.get("tool"));
      tests.add(
          DynamicTest.dynamicTest(tool + " → " + want, () -> check(policy, tool, step, want)));
    }
    return DynamicContainer.dynamicContainer(
        file.getFileName() + ": " + suite.get("description"), tests);
  }

  private static void check(PolicySet policy, String tool, Map<?, ?> step, Map<?, ?> want) {
    var reference = new ToolRef(new UpstreamName("demo"), new ToolName(tool));
    ObjectNode result = JSON.valueToTree(step.get("result"));
    Inspection seen =
        ResultInspector.standard().inspect(result, policy.plan(reference).resultRules());
    assertThat(seen.determining()).hasToString(String.valueOf(want.get("rules")));
    assertThat(seen.labels())
        .hasToString(want.containsKey("add") ? String.valueOf(want.get("add")) : "[]");
    switch (seen.delivery()) {
      case Inspection.Delivery.Given given ->
          assertThat(given.result()).isEqualTo(JSON.valueToTree(want.get("result")));
      case Inspection.Delivery.Withheld withheld ->
          assertThat(withheld.error().orElse("")).isEqualTo(want.get("withheld"));
    }
  }

  private static List<?> list(@Nullable Object yaml) {
    return yaml instanceof List<?> list ? list : List.of();
  }

  private static PolicySet parsed(String text) {
    return ((PolicyParser.Result.Parsed) PolicyParser.parse(text, "story")).only();
  }

  private static Map<?, ?> object(@Nullable Object yaml, Set<String> keys) {
    if (yaml instanceof Map<?, ?> map && keys.containsAll(map.keySet())) {
      return map;
    }
    throw new IllegalArgumentException("not an object with the keys " + keys + ": " + yaml);
  }
}
