package dev.interceptor.server.chat;

import dev.interceptor.server.targets.Dialect;
import dev.interceptor.server.targets.Trust;

/// Which filter an answer passes.
final class AnswerFilters {
  private AnswerFilters() {}

  /// @param trust whether the provider's bytes are to be kept where nothing stands against them
  static AnswerFilter of(Dialect dialect, CallGate gate, ConfiguredGuards guards, Trust trust) {
    EventPieces pieces = trust.keepsAnswers() ? EventPieces.WHOLE : EventPieces.SPLIT;
    return switch (dialect) {
      case RESPONSES -> new ResponsesAnswers(gate, guards.answers(), pieces);
      case OLLAMA_CHAT -> new OllamaAnswers(gate, guards.answers());
      case CHAT -> new ChatAnswers(gate, guards.answers(), pieces);
      case COMPLETIONS -> new CompletionAnswers(guards.answers());
      case EMBEDDINGS -> throw new IllegalStateException("embeddings pass no filter");
    };
  }
}
