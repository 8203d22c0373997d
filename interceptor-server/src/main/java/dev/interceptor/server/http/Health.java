package dev.interceptor.server.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// `/health/live`, `/health/ready`, `/health`: ready means that a call could be decided, recorded
/// and signed now. SPEC §3.
public final class Health {
  private final Map<String, BooleanSupplier> parts;
  private final Supplier<List<String>> notes;

  /// @param parts by name; each answers within the deadline of its dependency
  /// @param notes what an operator should look at although the parts work
  public Health(Map<String, BooleanSupplier> parts, Supplier<List<String>> notes) {
    this.parts = new TreeMap<>(parts);
    this.notes = notes;
  }

  public void live(Context context) {
    new Exchange(context).json(200, JsonNodeFactory.instance.objectNode().put("status", "up"));
  }

  public void ready(Context context) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    boolean ready = true;
    for (Map.Entry<String, BooleanSupplier> part : parts.entrySet()) {
      boolean up = part.getValue().getAsBoolean();
      details.put(part.getKey(), up ? "up" : "down");
      ready &= up;
    }
    body.put("status", ready ? "up" : "down").set("parts", details);
    List<String> said = notes.get();
    if (!said.isEmpty()) {
      said.forEach(body.putArray("notes")::add);
    }
    new Exchange(context).json(ready ? 200 : 503, body);
  }
}
