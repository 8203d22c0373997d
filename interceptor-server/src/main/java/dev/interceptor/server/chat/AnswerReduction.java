package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.targets.Dialect;
import dev.interceptor.server.targets.ModelFault;
import dev.interceptor.server.targets.StrictSchema;

/// What is left of the answers of a provider that is not trusted with them, in a format.
record AnswerReduction(Dialect dialect, StrictSchema schema) {
  ObjectNode whole(ObjectNode came) throws ModelFault {
    return switch (dialect) {
      case CHAT -> schema.chat(came);
      case COMPLETIONS -> schema.text(came);
      case RESPONSES -> schema.response(came);
      case OLLAMA_CHAT -> schema.ollamaChat(came);
      case EMBEDDINGS -> throw new IllegalStateException("embeddings are never printed again");
    };
  }

  ObjectNode event(ObjectNode came) throws ModelFault {
    return switch (dialect) {
      case CHAT -> schema.chunk(came);
      case COMPLETIONS -> schema.text(came);
      case RESPONSES -> schema.event(came);
      case OLLAMA_CHAT -> schema.ollamaChat(came);
      case EMBEDDINGS -> throw new IllegalStateException("embeddings are not streamed");
    };
  }
}
