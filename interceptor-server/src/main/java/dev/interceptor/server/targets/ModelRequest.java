package dev.interceptor.server.targets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.upstream.TraceContext;
import java.util.Optional;

/// A request as a provider shall get it.
///
/// @param body without regard to its `model`, which becomes what the provider calls the model; not
///   changed
/// @param delivery whether the answer is asked for in one piece
public record ModelRequest(
    Dialect dialect, ObjectNode body, Delivery delivery, Optional<TraceContext> trace) {
  /// How an answer comes.
  public enum Delivery {
    WHOLE,
    STREAM
  }
}
