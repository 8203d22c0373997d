package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;

/// A request to a model as guards and policy see it, in one wire format.
///
/// A view of `body`, which is what leaves: what is replaced or removed here is replaced or removed
/// there, and members that no view knows stay as they came. One thread at a time.
///
/// *Guarantees*: every string that may reach the model is among the texts of its `walk`, or what
/// holds it is listed as unscanned; words of the protocol, such as ids and tools' names, are
/// neither if they look like words. *Does not*: read what is stored elsewhere; `storedContext`
/// names it.
abstract sealed class ModelCall
    permits ChatRequest,
        CompletionsRequest,
        EmbeddingsRequest,
        OllamaChatRequest,
        ResponsesRequest {
  private static final int LONGEST_MODEL = 256;

  private final ObjectNode body;
  private final String model;
  private final boolean streaming;

  /// @throws dev.interceptor.server.failure.InterceptorException MALFORMED_REQUEST naming the
  ///   member
  ModelCall(ObjectNode body, boolean streamsUnasked) {
    this.body = body;
    this.model = Members.text(body, Place.ROOT, "model", "the name of a model");
    if (model.isBlank() || model.length() > LONGEST_MODEL) {
      throw Members.fault(
          Place.ROOT.member("model"),
          "cannot be used: write 1 to " + LONGEST_MODEL + " characters");
    }
    this.streaming = Members.flag(body, Place.ROOT, "stream").orElse(streamsUnasked);
  }

  /// The alias that the client asks for, 1 to 256 characters.
  final String model() {
    return model;
  }

  final boolean isStreaming() {
    return streaming;
  }

  final ObjectNode body() {
    return body;
  }

  /// Every text of every role, in the order of the body, and what cannot be looked at, as it is
  /// now: to be walked again after something was replaced.
  final RequestWalk walk() {
    return RequestWalk.of(body);
  }

  /// The tools that the request offers to the model.
  final List<OfferedTool> offered() {
    return new OfferedTools(body).list();
  }

  /// Takes back the offer of all tools that do not pass, and every choice that names one of them.
  final void keepTools(Predicate<OfferedTool> kept) {
    new OfferedTools(body).keep(kept);
  }

  /// What tools returned, oldest first.
  abstract List<ToolResult> results();

  /// What the provider is to add from earlier requests or files.
  final List<StoredContext> storedContext() {
    return StoredContexts.of(body);
  }
}
