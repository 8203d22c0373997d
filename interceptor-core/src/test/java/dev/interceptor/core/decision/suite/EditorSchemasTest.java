package dev.interceptor.core.decision.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.interceptor.core.policy.PolicyKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// `policies/schema`: what an editor knows of policies and suites, judged by a validator of
/// somebody else's.
final class EditorSchemasTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path FOLDER = SuiteFiles.policies().resolve("schema");
  private static final Path POLICY = FOLDER.resolve("policy.schema.json");
  private static final Path SUITE = FOLDER.resolve("decision-suite.schema.json");

  /// What only the parser sees: text that is no YAML, keys and ids given twice, what aliases and
  /// expressions come to.
  private static final Set<String> BEYOND_A_SCHEMA =
      Set.of("duplicates.yaml", "cel-syntax.yaml", "cel-types.yaml");

  private static JsonSchema schema(Path file) {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(SuiteFiles.text(file));
  }

  private static JsonNode yaml(String text) {
    return MAPPER.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
  }

  private static Set<ValidationMessage> faults(Path schema, String text) {
    return schema(schema).validate(yaml(text));
  }

  @TestFactory
  Stream<DynamicTest> everyShippedPolicyFits() {
    return SuiteFiles.files(SuiteFiles.policies()).stream()
        .filter(file -> !file.startsWith(SuiteFiles.policies().resolve("tests")))
        .filter(file -> !file.startsWith(FOLDER))
        .map(file ->
            DynamicTest.dynamicTest(
                SuiteFiles.name(file),
                () -> assertThat(faults(POLICY, SuiteFiles.text(file))).isEmpty()));
  }

  @TestFactory
  Stream<DynamicTest> everySuiteAndThePolicyInItFit() {
    return SuiteFiles.suites().stream()
        .map(file -> DynamicTest.dynamicTest(SuiteFiles.name(file), () -> fits(file)));
  }

  private static void fits(Path file) {
    String text = SuiteFiles.text(file);
    assertThat(faults(SUITE, text)).isEmpty();
    JsonNode policy = yaml(text).get("policy");
    if (policy != null) {
      assertThat(faults(POLICY, policy.asText())).isEmpty();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyPolicyThatIsBrokenInItsShapeDoesNotFit() {
    return SuiteFiles.files(SuiteFiles.policies().resolve("tests/invalid")).stream()
        .filter(file -> !BEYOND_A_SCHEMA.contains(SuiteFiles.name(file)))
        .filter(file -> isYamlOfAFewNodes(SuiteFiles.text(file)))
        .map(file ->
            DynamicTest.dynamicTest(
                SuiteFiles.name(file),
                () -> assertThat(faults(POLICY, SuiteFiles.text(file))).isNotEmpty()));
  }

  private static boolean isYamlOfAFewNodes(String text) {
    try {
      return !text.contains(": &") && yaml(text).isObject();
    } catch (RuntimeException e) {
      return false;
    }
  }

  @Test
  void theSchemasHaveTheKeysThatTheReadersHave() throws IOException {
    List<Set<String>> read = new ArrayList<>();
    PolicyKeys.BY_KIND.values().forEach(keys -> read.add(new TreeSet<>(keys)));
    assertThat(objects(POLICY)).containsExactlyInAnyOrderElementsOf(read);
    assertThat(objects(SUITE))
        .containsExactlyInAnyOrder(
            both(SuiteReader.KEYS), both(StepReader.KEYS), both(WantedReader.KEYS));
  }

  private static Set<String> both(List<String> keys) {
    return new TreeSet<>(PolicyKeys.inBothSpellings(keys));
  }

  /// The names of the members of every object in a schema.
  private static List<Set<String>> objects(Path schema) throws IOException {
    List<Set<String>> objects = new ArrayList<>();
    for (JsonNode properties : MAPPER.readTree(SuiteFiles.text(schema)).findValues("properties")) {
      Set<String> names = new TreeSet<>();
      properties.fieldNames().forEachRemaining(names::add);
      objects.add(names);
    }
    return objects;
  }
}
