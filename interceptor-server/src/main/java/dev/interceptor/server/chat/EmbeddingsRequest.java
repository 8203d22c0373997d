package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The body of `POST /v1/embeddings`.
final class EmbeddingsRequest extends ModelCall {
  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST naming the
  ///   member and what to write instead
  EmbeddingsRequest(ObjectNode body) {
    super(body, false);
    if (isStreaming()) {
      throw Members.fault(Place.ROOT.member("stream"), "is true: embeddings are not streamed");
    }
    if (Members.present(body, "input").isEmpty()) {
      throw Members.fault(Place.ROOT.member("input"), "is missing: write a text or an array");
    }
    Inputs.check(body, "input");
    Members.optionalText(body, Place.ROOT, "encoding_format");
    Tools.check(body);
    walk();
  }

  @Override
  List<ToolResult> results() {
    return List.of();
  }
}
