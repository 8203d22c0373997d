package dev.interceptor.server.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.sse.JsonLines;
import dev.interceptor.server.sse.SseEvent;
import dev.interceptor.server.sse.SseReader;
import dev.interceptor.server.targets.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The events of a model's stream, by the format's framing; and the JSON that models write, in
/// which no member may stand twice.
final class ModelEvents implements AutoCloseable {
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final InputStream in;
  private final Reader reader;

  private interface Reader {
    Optional<Event> next() throws IOException;
  }

  /// One event.
  ///
  /// @param raw its bytes as they came, with the framing
  @SuppressWarnings("ArrayRecordComponent") // Read once and not compared.
  record Event(byte[] raw, ObjectNode json, Mark mark) {
    boolean isDone() {
      return mark == Mark.DONE;
    }
  }

  /// Whether it is the mark at the end of a stream.
  enum Mark {
    EVENT,
    DONE
  }

  private ModelEvents(InputStream in, Reader reader) {
    this.in = in;
    this.reader = reader;
  }

  /// @param maxBytes how long an event may be
  static ModelEvents of(Dialect dialect, InputStream in, int maxBytes) {
    if (dialect.isOllama()) {
      var lines = new JsonLines(in, maxBytes);
      return new ModelEvents(in, () -> ofLine(lines.next()));
    }
    var events = new SseReader(in, maxBytes);
    return new ModelEvents(in, () -> ofBlock(events.nextEvent()));
  }

  private static Optional<Event> ofLine(Optional<byte[]> line) throws ModelProtocolException {
    if (line.isEmpty()) {
      return Optional.empty();
    }
    byte[] raw = Arrays.copyOf(line.get(), line.get().length + 1);
    raw[raw.length - 1] = '\n';
    return Optional.of(new Event(raw, parsed(line.get()), Mark.EVENT));
  }

  private static Optional<Event> ofBlock(Optional<SseEvent> block) throws ModelProtocolException {
    if (block.isEmpty()) {
      return Optional.empty();
    }
    SseEvent event = block.get();
    boolean done = Arrays.equals(event.data(), DONE);
    ObjectNode json = done ? JsonNodeFactory.instance.objectNode() : parsed(event.data());
    return Optional.of(new Event(event.raw(), json, done ? Mark.DONE : Mark.EVENT));
  }

  Optional<Event> next() throws IOException {
    return reader.next();
  }

  static ObjectNode parsed(byte[] json) throws ModelProtocolException {
    try {
      if (MAPPER.readTree(json) instanceof ObjectNode object) {
        return object;
      }
      throw new ModelProtocolException("the answer is not a JSON object");
    } catch (IOException e) {
      throw new ModelProtocolException("the answer is not JSON: " + e.getClass().getSimpleName());
    }
  }

  static byte[] bytes(ObjectNode made) {
    try {
      return RequestBody.MAPPER.writeValueAsBytes(made);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer could not be written", e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
