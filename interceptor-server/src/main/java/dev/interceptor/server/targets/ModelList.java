package dev.interceptor.server.targets;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/// The lists of models that clients get: aliases only, nothing of what stands behind them.
public final class ModelList {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ModelList() {}

  /// The answer of `GET /v1/models`.
  public static ObjectNode openAi(List<String> aliases, Instant created) {
    ObjectNode list = JSON.objectNode().put("object", "list");
    ArrayNode models = list.putArray("data");
    aliases.forEach(alias -> models.add(openAi(alias, created)));
    return list;
  }

  /// The answer of `GET /v1/models/{alias}`.
  public static ObjectNode openAi(String alias, Instant created) {
    return JSON.objectNode()
        .put("id", alias)
        .put("object", "model")
        .put("created", created.getEpochSecond())
        .put("owned_by", "None");
  }

  /// The answer of `GET /api/tags`, with Ollama's names: those without a tag end with `:latest`.
  public static ObjectNode ollama(List<String> aliases, Instant modified) {
    ObjectNode list = JSON.objectNode();
    ArrayNode models = list.putArray("models");
    for (String alias : aliases) {
      String name = OllamaName.of(alias);
      ObjectNode model = models.addObject().put("name", name).put("model", name);
      model.put("modified_at", modified.toString()).put("size", 0).put("digest", "");
      ObjectNode details = model.putObject("details");
      details.put("parent_model", "").put("format", "").put("family", "").putNull("families");
      details.put("parameter_size", "").put("quantization_level", "");
    }
    return list;
  }
}
