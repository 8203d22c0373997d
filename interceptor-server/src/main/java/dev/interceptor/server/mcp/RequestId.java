package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;

/// The id that a client gave a request, unique among its requests under way; echoed as it came.
record RequestId(TextOrInteger value) {
  JsonNode json() {
    return value.json();
  }
}
