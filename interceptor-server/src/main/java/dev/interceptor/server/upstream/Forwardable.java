package dev.interceptor.server.upstream;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolCall;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which requests of the protocol besides `tools/call` may go to a server.
final class Forwardable {
  /// What the interceptor itself adds to parameters: twice the same member would mean two things.
  private static final List<String> OWN = List.of("_meta", "inputResponses", "requestState");

  private Forwardable() {}

  /// Why a call is not sent at all; empty if it is.
  static Optional<String> objection(ToolCall call, Set<Feature> exposed) {
    return ProtocolMethod.of(call.tool().name())
        .flatMap(method -> objection(method, call.arguments().value(), exposed));
  }

  private static Optional<String> objection(
      ProtocolMethod method, JsonObject params, Set<Feature> exposed) {
    boolean allowed =
        switch (method) {
          case RESOURCES_READ -> exposed.contains(Feature.RESOURCES);
          case PROMPTS_GET -> exposed.contains(Feature.PROMPTS);
          case COMPLETION_COMPLETE -> exposed.contains(Feature.COMPLETION);
          case RESOURCES_SUBSCRIBE -> false;
        };
    if (!allowed) {
      return Optional.of(method.method() + " is not exposed");
    }
    return OWN.stream()
        .filter(member -> params.member(member).isPresent())
        .findFirst()
        .map(member -> "`" + member + "` is no argument");
  }
}
