package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// YAML nodes as the JSON values they stand for.
public final class YamlJson {
  private final YamlReading yaml;

  public YamlJson(YamlReading yaml) {
    this.yaml = yaml;
  }

  public Optional<JsonValue> read(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar);
    }
    if (node instanceof SequenceNode sequence) {
      List<JsonValue> elements = new ArrayList<>();
      sequence.getValue().forEach(element -> read(element).ifPresent(elements::add));
      return Optional.of(new JsonArray(elements));
    }
    return yaml.entries(node, "a value").map(this::object);
  }

  private JsonValue object(Map<ScalarNode, Node> entries) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    entries.forEach(
        (key, value) -> read(value).ifPresent(json -> members.put(key.getValue(), json)));
    return new JsonObject(members);
  }

  private Optional<JsonValue> scalar(ScalarNode node) {
    String text = node.getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.STR)) {
      return Optional.of(new JsonString(text));
    }
    if (tag.equals(Tag.BOOL)) {
      return Optional.of(JsonBoolean.of(text.equals("true")));
    }
    if (tag.equals(Tag.NULL)) {
      return Optional.of(JsonNull.NULL);
    }
    if ((tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) && isExactDouble(text)) {
      return Optional.of(new JsonNumber(Double.parseDouble(text)));
    }
    yaml.problems()
        .at(node, "not a JSON value; write text in quotes, a number, true, false or null");
    return Optional.empty();
  }

  /// Whole numbers must survive a double; fractions are rounded as JSON readers do.
  private static boolean isExactDouble(String text) {
    if (!text.matches("-?[0-9]{1,400}(\\.[0-9]{1,400})?([eE][-+]?[0-9]{1,3})?")) {
      return false;
    }
    double value = Double.parseDouble(text);
    return Double.isFinite(value)
        && (!text.matches("-?[0-9]+")
            || new BigDecimal(value).compareTo(new BigDecimal(text)) == 0);
  }
}
