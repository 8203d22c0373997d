package dev.interceptor.server.targets;

/// The kinds of requests that model servers take, each with its path.
public enum Dialect {
  CHAT("/v1/chat/completions"),
  COMPLETIONS("/v1/completions"),
  RESPONSES("/v1/responses"),
  EMBEDDINGS("/v1/embeddings"),
  OLLAMA_CHAT("/api/chat");

  private final String path;

  Dialect(String path) {
    this.path = path;
  }

  /// Below the server's root.
  public String path() {
    return path;
  }

  /// Whether errors are `{"error": "text"}` and streams are lines of JSON.
  public boolean isOllama() {
    return this == OLLAMA_CHAT;
  }
}
