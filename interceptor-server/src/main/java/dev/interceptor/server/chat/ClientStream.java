package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.failure.OpenAiError;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The way back to a client that gets its answer as events.
///
/// *Guarantees*: nothing leaves before the first event, so that a failure until then can be an
/// error of HTTP; whatever was sent has left before the provider is waited for again. Not for
/// several threads.
final class ClientStream {
  private static final byte[] DATA = ascii("data: ");
  private static final byte[] EVENT = ascii("event: ");
  private static final byte[] LINE = ascii("\n");
  private static final byte[] END = ascii("\n\n");
  private static final byte[] DONE = ascii("data: [DONE]\n\n");

  /// How events stand in the stream.
  enum Framing {
    /// Server-sent events without names, as chat completions have them.
    DATA,
    /// Server-sent events named by their `type`, as Responses have them.
    NAMED,
    /// A line of JSON each, as Ollama has them.
    LINES
  }

  private final HttpServletResponse response;
  private final String requestId;
  private final Framing framing;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream(2048);
  private int events;

  ClientStream(HttpServletResponse response, String requestId, Framing framing) {
    this.response = response;
    this.requestId = requestId;
    this.framing = framing;
  }

  void send(ObjectNode event) throws IOException {
    events++;
    switch (framing) {
      case DATA -> pending.write(DATA);
      case NAMED -> {
        pending.write(EVENT);
        pending.write(event.path("type").asText("message").getBytes(StandardCharsets.UTF_8));
        pending.write(LINE);
        pending.write(DATA);
      }
      case LINES -> {}
    }
    pending.write(RequestBody.MAPPER.writeValueAsBytes(event));
    pending.write(framing == Framing.LINES ? LINE : END);
  }

  /// An event's bytes as they came.
  void raw(byte[] block) throws IOException {
    events++;
    pending.write(block);
  }

  /// The mark at the end of chat completions.
  void done() throws IOException {
    raw(DONE);
  }

  /// Says in the stream that it ends here without being complete.
  void error(OpenAiError error) throws IOException {
    switch (framing) {
      case DATA -> send(error.envelope());
      case NAMED -> send(ofResponse(error));
      case LINES -> send(error.ollama());
    }
    flush();
  }

  /// With `error` beside the members that the API documents: without it some SDKs throw no error of
  /// theirs.
  private ObjectNode ofResponse(OpenAiError error) {
    ObjectNode event = error.envelope();
    event.put("type", "error").put("sequence_number", events);
    event.put("code", error.code().orElse(null)).put("message", error.message());
    return event.put("param", error.param().orElse(null));
  }

  void flush() throws IOException {
    if (pending.size() == 0) {
      return;
    }
    if (!response.isCommitted()) {
      response.setStatus(200);
      response.setContentType(
          framing == Framing.LINES ? "application/x-ndjson" : "text/event-stream; charset=utf-8");
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Accel-Buffering", "no");
      response.setHeader("X-Request-Id", requestId);
    }
    try {
      pending.writeTo(response.getOutputStream());
      response.flushBuffer();
    } catch (IOException e) {
      throw new ClientGoneException(e);
    } finally {
      pending.reset();
    }
  }

  /// Forgets what was sent and has not left, so that an error of HTTP can take its place.
  ///
  /// @return false if something has left
  boolean retract() {
    if (response.isCommitted()) {
      return false;
    }
    pending.reset();
    return true;
  }

  /// The provider's bytes; what is pending leaves before each wait for more of them.
  InputStream reading(InputStream provider) {
    return new FilterInputStream(provider) {
      @Override
      public int read() throws IOException {
        flush();
        return super.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        flush();
        return super.read(target, offset, length);
      }
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
