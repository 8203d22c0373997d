package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;

/// What a client wants to find in the notifications about a request's progress.
record ProgressToken(TextOrInteger value) {
  JsonNode json() {
    return value.json();
  }
}
