package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.ModelCallNote.Ending;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.OpenAiError;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.sse.EventTooLongException;
import dev.interceptor.server.targets.Dialect;
import dev.interceptor.server.targets.EmbeddingSplice;
import dev.interceptor.server.targets.ModelAnswer;
import dev.interceptor.server.targets.ModelFault;
import dev.interceptor.server.targets.ModelsConfig.Strictness;
import dev.interceptor.server.targets.StrictSchema;
import dev.interceptor.server.targets.Target;
import dev.interceptor.server.targets.Trust;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one provider's answer to the client: reduced to the schema, redacted, each tool call
/// decided. A provider that is trusted with answers loses none of its bytes that nothing stands
/// against.
final class AnswerDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerDelivery.class);
  private static final int LONGEST_EVENT = 4 * 1024 * 1024;

  private final Dialect dialect;
  private final Target target;
  private final String requestId;
  private final ProviderErrors errors;
  private final Function<Trust, AnswerFilter> filters;
  private final Consumer<AnswerFilter> memory;
  private final HttpServletResponse response;
  private final ModelCallNote note;

  /// @param filters makes the filter of an answer by the trust of the provider that gave it
  /// @param memory told before anything leaves that a later request may refer to
  AnswerDelivery(
      Dialect dialect,
      Target target,
      String requestId,
      AnswerRedaction redaction,
      Function<Trust, AnswerFilter> filters,
      Consumer<AnswerFilter> memory,
      HttpServletResponse response,
      ModelCallNote note) {
    this.dialect = dialect;
    this.target = target;
    this.requestId = requestId;
    this.errors = new ProviderErrors(dialect, redaction);
    this.filters = filters;
    this.memory = memory;
    this.response = response;
    this.note = note;
  }

  /// @throws ModelFault if the answer cannot be used and nothing has left
  /// @throws ClientGoneException if the client does not take it
  /// @throws InterceptorException if a call could not be decided and nothing has left
  void whole(ModelAnswer answer) throws IOException {
    if (answer.failure().isPresent()) {
      failure(answer);
      return;
    }
    requireType(answer, "application/json");
    byte[] body = answer.body().readAllBytes();
    byte[] given =
        dialect == Dialect.EMBEDDINGS ? embeddings(answer, body) : filtered(answer, body);
    note.answerBody(given);
    write(200, Map.of(), given);
    note.ended(Ending.ANSWERED, 200);
  }

  private byte[] embeddings(ModelAnswer answer, byte[] body) throws ModelFault {
    return isStrict(answer) ? EmbeddingSplice.spliced(body, target.asked()) : body;
  }

  private byte[] filtered(ModelAnswer answer, byte[] body) throws IOException {
    ObjectNode came = ModelEvents.parsed(body);
    note.usage(came);
    AnswerFilter filter = filters.apply(answer.trust());
    if (isStrict(answer)) {
      return remembered(filter, ModelEvents.bytes(filter.whole(reduction(answer).whole(came))));
    }
    ObjectNode before = came.deepCopy();
    ObjectNode given = filter.whole(came);
    return remembered(filter, given.equals(before) ? body : ModelEvents.bytes(given));
  }

  private byte[] remembered(AnswerFilter filter, byte[] given) {
    memory.accept(filter);
    return given;
  }

  private AnswerReduction reduction(ModelAnswer answer) {
    return new AnswerReduction(
        dialect, new StrictSchema(target.asked(), requestId, answer.trust()));
  }

  private boolean isStrict(ModelAnswer answer) {
    return target.config().strictness() == Strictness.STRICT && answer.trust() != Trust.FULL;
  }

  /// As `whole`, for an answer that is asked for as events. A failure after the first byte is an
  /// event, and the stream ends with it.
  void streamed(ModelAnswer answer) throws IOException {
    if (answer.failure().isPresent()) {
      failure(answer);
      return;
    }
    requireType(answer, dialect.isOllama() ? "application/x-ndjson" : "text/event-stream");
    var stream = new ClientStream(response, requestId, framing());
    try {
      relay(answer, stream);
    } catch (ClientGoneException e) {
      throw e;
    } catch (ModelFault e) {
      if (stream.retract()) {
        throw e;
      }
      cut(stream, e.error(), e.kind().name());
    } catch (InterceptorException e) {
      if (stream.retract()) {
        throw e;
      }
      cut(stream, OpenAiError.of(e), e.code().name());
    } catch (ModelProtocolException | EventTooLongException e) {
      if (stream.retract()) {
        throw e;
      }
      cut(
          stream,
          OpenAiError.of(ErrorCode.UPSTREAM_PROTOCOL, ""),
          ErrorCode.UPSTREAM_PROTOCOL.name());
    } catch (IOException | RuntimeException e) {
      // An answer that breaks must never look like one that has ended.
      if (stream.retract()) {
        throw e;
      }
      LOG.warn("request {}: an answer broke off: {}", requestId, e.getClass().getName());
      cut(stream, OpenAiError.of(ErrorCode.INTERNAL, ""), ErrorCode.INTERNAL.name());
    }
  }

  private ClientStream.Framing framing() {
    return switch (dialect) {
      case RESPONSES -> ClientStream.Framing.NAMED;
      case OLLAMA_CHAT -> ClientStream.Framing.LINES;
      case CHAT, COMPLETIONS, EMBEDDINGS -> ClientStream.Framing.DATA;
    };
  }

  /// Something has left: the stream says that it is not whole.
  private void cut(ClientStream stream, OpenAiError error, String reason) throws IOException {
    note.ended(Ending.CUT, 200, reason);
    stream.error(error);
  }

  private void relay(ModelAnswer answer, ClientStream stream) throws IOException {
    boolean strict = isStrict(answer);
    AnswerReduction reduction = reduction(answer);
    AnswerFilter filter = filters.apply(answer.trust());
    var sink = new Relay(stream, strict ? Bytes.NEVER : Bytes.AS_THEY_CAME);
    try (ModelEvents events =
        ModelEvents.of(dialect, stream.reading(answer.body()), LONGEST_EVENT)) {
      while (true) {
        Optional<ModelEvents.Event> next = events.next();
        if (next.isEmpty() || next.get().isDone()) {
          filter.end(sink);
          memory.accept(filter);
          if (next.isPresent()) {
            stream.done();
          }
          break;
        }
        ModelEvents.Event event = next.get();
        ObjectNode came = event.json();
        note.usage(came);
        Optional<ObjectNode> error = errors.inStream(came, answer.trust());
        if (error.isPresent()) {
          stream.send(error.get());
          note.ended(Ending.CUT, 200, "PROVIDER_ERROR");
          stream.flush();
          return;
        }
        ObjectNode reduced = strict ? reduction.event(came) : came;
        sink.came(reduced, event);
        filter.take(reduced, sink);
        memory.accept(filter);
      }
    }
    stream.flush();
    note.ended(Ending.ANSWERED, 200);
  }

  private void failure(ModelAnswer answer) throws IOException {
    ProviderErrors.Told told = errors.whole(answer);
    note.ended(Ending.FAILED, told.status(), "PROVIDER_ERROR");
    write(told.status(), told.headers(), told.body());
  }

  private static void requireType(ModelAnswer answer, String wanted) throws ModelProtocolException {
    String type = answer.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    if (!type.split(";", 2)[0].strip().equals(wanted)) {
      throw new ModelProtocolException("the answer is not of the type " + wanted);
    }
  }

  private void write(int status, Map<String, String> headers, byte[] body) throws IOException {
    ClientErrors.write(response, requestId, status, headers, body);
  }

  /// Whether events may leave with the bytes with which they came.
  private enum Bytes {
    AS_THEY_CAME,
    NEVER
  }

  /// Sends what the filter gives; keeps the bytes of events that may leave as they came.
  private static final class Relay implements AnswerFilter.Sink {
    private final ClientStream stream;
    private final Bytes bytes;
    private final IdentityHashMap<ObjectNode, byte[]> raw = new IdentityHashMap<>();

    Relay(ClientStream stream, Bytes bytes) {
      this.stream = stream;
      this.bytes = bytes;
    }

    void came(ObjectNode event, ModelEvents.Event read) {
      if (bytes == Bytes.AS_THEY_CAME) {
        raw.put(event, read.raw());
      }
    }

    @Override
    public void send(ObjectNode event) throws IOException {
      raw.remove(event);
      stream.send(event);
    }

    @Override
    public void pass(ObjectNode event) throws IOException {
      byte[] came = raw.remove(event);
      if (came == null) {
        stream.send(event);
      } else {
        stream.raw(came);
      }
    }
  }
}
