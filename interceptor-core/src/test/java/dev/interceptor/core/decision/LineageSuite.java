package dev.interceptor.core.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.suite.DecisionSuite;
import dev.interceptor.core.decision.suite.SuiteFiles;
import dev.interceptor.core.decision.suite.SuiteReader;
import dev.interceptor.core.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// One golden file of `policies/tests/lineage`: one text, and what it means as the ancestor's
/// (`sentinel-v1`) and as ours (`strict`). A lilith file means one thing.
///
/// @param policy without `semantics`
/// @param warns a part of every warning of the ancestor's text, in the order of the text
/// @param refused by meaning: a part of every problem of a text that does not load
record LineageSuite(
    String name,
    String description,
    String policy,
    List<String> warns,
    Map<String, List<String>> refused,
    List<Map<String, Object>> steps) {
  static final List<String> MEANINGS = List.of("sentinel-v1", "strict");

  static LineageSuite read(Path file) {
    var yaml = new Load(LoadSettings.builder().build()).loadFromString(SuiteFiles.text(file));
    Map<String, Object> suite = map(yaml);
    Map<String, List<String>> refused = new LinkedHashMap<>();
    map(suite.get("refused")).forEach((meaning, parts) -> refused.put(meaning, texts(parts)));
    return new LineageSuite(
        SuiteFiles.name(file).replace(".yaml", ""),
        String.valueOf(suite.get("description")),
        String.valueOf(suite.get("policy")),
        texts(suite.get("warns")),
        refused,
        list(suite.get("steps")).stream().map(LineageSuite::map).toList());
  }

  boolean isLilith() {
    return policy.contains("customer_id");
  }

  List<String> meanings() {
    return isLilith() ? List.of("lilith-0.2") : MEANINGS;
  }

  String textAs(String meaning) {
    return isLilith() ? policy : policy + "\nsemantics: " + meaning + "\n";
  }

  /// The suite that this one is for the meaning: the steps that want something of it, the repeated
  /// ones as often as they say.
  DecisionSuite as(String meaning) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Map<String, Object> step : steps) {
      Map<String, Object> plain = new LinkedHashMap<>(step);
      Optional.ofNullable(plain.get(meaning)).ifPresent(want -> plain.put("want", want));
      MEANINGS.forEach(plain::remove);
      Object repeat = plain.remove("repeat");
      if (plain.containsKey("want")) {
        all.addAll(Collections.nCopies(repeat == null ? 1 : (Integer) repeat, plain));
      }
    }
    Map<String, Object> suite =
        Map.of("description", description, "policy", textAs(meaning), "steps", all);
    String text = new String(CanonicalJson.bytes(PlainValues.json(suite)), StandardCharsets.UTF_8);
    var read = SuiteReader.read(text, name, file -> Optional.empty());
    assertThat(read).isInstanceOf(SuiteReader.Result.Read.class);
    return ((SuiteReader.Result.Read) read).suite();
  }

  private static List<String> texts(@Nullable Object yaml) {
    return list(yaml).stream().map(String::valueOf).toList();
  }

  private static List<?> list(@Nullable Object yaml) {
    return yaml == null ? List.of() : (List<?>) yaml;
  }

  @SuppressWarnings("unchecked") // keys of these files are text
  private static Map<String, Object> map(@Nullable Object yaml) {
    return yaml == null ? Map.of() : (Map<String, Object>) yaml;
  }
}
