package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The body of `POST /v1/completions`, the older form without messages.
final class CompletionsRequest extends ModelCall {
  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST naming the
  ///   member and what to write instead
  CompletionsRequest(ObjectNode body) {
    super(body, false);
    Inputs.check(body, "prompt");
    Members.optionalText(body, Place.ROOT, "suffix");
    Sampling.check(body);
    Tools.check(body);
    walk();
  }

  @Override
  List<ToolResult> results() {
    return List.of();
  }
}
