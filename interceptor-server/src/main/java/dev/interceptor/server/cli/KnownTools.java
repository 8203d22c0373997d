package dev.interceptor.server.cli;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.ToolSchemas;
import dev.interceptor.core.tool.InputSchema;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tools of an MCP `tools/list` result, by name.
final class KnownTools implements ToolSchemas {
  private static final UpstreamName ANY = new UpstreamName("any");

  private final Map<String, InputSchema> byName;

  private KnownTools(Map<String, InputSchema> byName) {
    this.byName = byName;
  }

  /// @param json the result (`{"tools": […]}`), the whole answer around it, or the list alone
  /// @throws IllegalArgumentException if it is none of these
  static KnownTools of(String json) {
    try {
      JsonValue value = StrictJson.parse(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      return new KnownTools(schemas(list(value)));
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
    }
  }

  private static List<JsonValue> list(JsonValue value) {
    if (value instanceof JsonArray array) {
      return array.elements();
    }
    if (value instanceof JsonObject object) {
      Optional<JsonValue> inner = object.member("tools").or(() -> object.member("result"));
      if (inner.isPresent()) {
        return list(inner.get());
      }
    }
    throw new IllegalArgumentException(
        "not the result of `tools/list`; write {\"tools\": [{\"name\": …, \"inputSchema\": …}]}");
  }

  private static Map<String, InputSchema> schemas(List<JsonValue> tools) {
    Map<String, InputSchema> schemas = new HashMap<>();
    for (JsonValue tool : tools) {
      if (tool instanceof JsonObject object
          && object.member("name").orElse(tool) instanceof JsonString name
          && object.member("inputSchema").orElse(name) instanceof JsonObject schema) {
        schemas.put(name.value(), InputSchema.of(schema));
      }
    }
    return schemas;
  }

  @Override
  public Optional<InputSchema> schema(String tool) {
    return Optional.ofNullable(byName.get(tool))
        .or(() -> Optional.ofNullable(byName.get(bare(tool))));
  }

  private static String bare(String tool) {
    return tool.contains(ToolRef.SEPARATOR) ? ToolRef.of(tool, ANY).name().value() : tool;
  }
}
