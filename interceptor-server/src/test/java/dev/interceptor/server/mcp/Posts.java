package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.http.Headers;
import dev.interceptor.server.upstream.ArgumentMirrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// POSTs to `/mcp` without a server.
final class Posts {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> METHODS =
      Set.of("tools/call", "tools/list", "server/discover", "resources/read");

  private Posts() {}

  static final String ENVELOPE =
      "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":{}}";

  /// A modern call of `read_file`.
  static String call(String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{"
        + "\"name\":\"read_file\",\"arguments\":"
        + arguments
        + ","
        + ENVELOPE
        + "}}";
  }

  static ClientMessage parse(String body) throws RefusedMessage {
    return ClientMessage.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  static Inbound accept(String body, Headers headers) throws RefusedMessage {
    return accept(body, headers, ArgumentMirrors.NONE);
  }

  static Inbound accept(String body, Headers headers, ArgumentMirrors mirrors)
      throws RefusedMessage {
    MediaTypes.requirePost(headers);
    return Inbound.of(parse(body), headers, served(mirrors));
  }

  static RefusedMessage refusal(String body, Headers headers) {
    return refusal(body, headers, ArgumentMirrors.NONE);
  }

  /// @throws AssertionError if the message is accepted
  static RefusedMessage refusal(String body, Headers headers, ArgumentMirrors mirrors) {
    RefusedMessage refused =
        catchThrowableOfType(RefusedMessage.class, () -> accept(body, headers, mirrors));
    if (refused == null) {
      throw new AssertionError("accepted: " + body);
    }
    return refused;
  }

  static ArgumentMirrors mirrors(String inputSchema) {
    return ArgumentMirrors.of(json(inputSchema)).orElseThrow();
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Served served(ArgumentMirrors mirrors) {
    return new Served() {
      @Override
      public boolean method(String name) {
        return METHODS.contains(name);
      }

      @Override
      public ArgumentMirrors mirrors(String tool) {
        return mirrors;
      }
    };
  }
}
