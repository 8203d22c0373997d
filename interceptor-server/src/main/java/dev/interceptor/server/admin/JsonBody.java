package dev.interceptor.server.admin;

import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.server.failure.InterceptorException;
import java.util.List;
import java.util.Optional;

/// The body of an administrative request: an object with a few known members. Everything else is an
/// `InterceptorException` MALFORMED_REQUEST that names the member.
record JsonBody(JsonObject json) {
  static JsonBody parse(byte[] body, JsonLimits limits, List<String> members) {
    JsonObject json;
    try {
      json = StrictJson.parseObject(body, limits);
    } catch (MalformedJsonException e) {
      throw InterceptorException.malformed("the body is not acceptable JSON: " + e.getMessage());
    }
    if (!members.containsAll(json.members().keySet())) {
      throw InterceptorException.malformed(
          "unknown member: write only " + String.join(", ", members));
    }
    return new JsonBody(json);
  }

  Optional<String> text(String name) {
    Optional<JsonValue> member = json.member(name);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    if (member.get() instanceof JsonString string) {
      return Optional.of(string.value());
    }
    throw InterceptorException.malformed("`" + name + "` is not a string");
  }

  boolean flag(String name) {
    Optional<JsonValue> member = json.member(name);
    if (member.isEmpty()) {
      return false;
    }
    if (member.get() instanceof JsonBoolean flag) {
      return flag.value();
    }
    throw InterceptorException.malformed("`" + name + "` is not true or false");
  }
}
