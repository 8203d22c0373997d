package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.sse.EventTooLongException;
import dev.interceptor.server.sse.SseReader;
import dev.interceptor.server.upstream.HttpTransport.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The reading of one HTTP answer: JSON, or a stream of events that ends with the response.
final class AnswerReading {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerReading.class);
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final int MAX_HEARD_EVENT_BYTES = 256 * 1024;

  private final Exchange exchange;
  private final Replier replier;
  private int serverRequests;
  private int notices;

  AnswerReading(Exchange exchange, Replier replier) {
    this.exchange = exchange;
    this.replier = replier;
  }

  /// Sends the response to a request of the server's.
  interface Replier {
    void reply(Exchange exchange, byte[] response) throws UpstreamFault;
  }

  /// Reads the answer to a request, whose length the transport bounds.
  RpcAnswer answerOf(Answer answer) throws IOException {
    if (answer.status() >= 400) {
      return errorOf(answer);
    }
    return switch (mediaTypeOfSuccess(answer)) {
      case "application/json" ->
          Responses.read(
              Messages.parse(answer.body().readAllBytes()), exchange.id(), 200, session(answer));
      case "text/event-stream" -> streamed(answer);
      default -> throw UpstreamFault.protocol("the answer is neither JSON nor an event stream");
    };
  }

  /// Reads a stream without a bound on its length until it ends.
  ///
  /// @param begun runs once the stream is known to be one
  RpcAnswer endOf(Answer answer, Runnable begun) throws IOException {
    if (answer.status() >= 400) {
      return errorOf(answer);
    }
    return switch (mediaTypeOfSuccess(answer)) {
      case "application/json" -> {
        byte[] body = answer.body().readNBytes(MAX_ERROR_BYTES);
        yield Responses.read(Messages.parse(body), exchange.id(), 200, Optional.empty());
      }
      case "text/event-stream" -> {
        if (exchange.body().length == 0) {
          answer.unhurried();
        }
        begun.run();
        yield heard(answer);
      }
      default -> throw UpstreamFault.protocol("the answer is neither JSON nor an event stream");
    };
  }

  private static String mediaTypeOfSuccess(Answer answer) throws UpstreamFault {
    if (answer.status() != 200) {
      throw UpstreamFault.protocol("HTTP " + answer.status() + " to a request");
    }
    String encoding = answer.header("Content-Encoding").orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      throw UpstreamFault.protocol("the answer is encoded although identity was asked for");
    }
    String type = answer.header("Content-Type").orElse("");
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  private RpcAnswer streamed(Answer answer) throws IOException {
    SseReader events = new SseReader(answer.body());
    while (true) {
      ObjectNode message = next(events);
      if (!message.has("method")) {
        return Responses.read(message, exchange.id(), 200, session(answer));
      }
      if (++notices > RpcChannel.MAX_NOTICES) {
        throw UpstreamFault.protocol("more than " + RpcChannel.MAX_NOTICES + " notices");
      }
      take(message);
    }
  }

  private RpcAnswer heard(Answer answer) throws IOException {
    SseReader events = new SseReader(answer.body(), MAX_HEARD_EVENT_BYTES);
    while (true) {
      ObjectNode message = next(events);
      if (!message.has("method")) {
        return Responses.read(message, exchange.id(), 200, Optional.empty());
      }
      // A stream that stays open may be pinged on as long as it does.
      serverRequests = 0;
      take(message);
      answer.unhurried();
    }
  }

  private static ObjectNode next(SseReader events) throws IOException {
    try {
      return Messages.parse(
          events
              .next()
              .orElseThrow(() ->
                  new UpstreamFault(
                      UpstreamFault.Kind.DISCONNECTED, "the stream ended without an answer")));
    } catch (EventTooLongException e) {
      throw UpstreamFault.protocol(String.valueOf(e.getMessage()));
    }
  }

  private void take(ObjectNode message) throws UpstreamFault {
    if (message.has("id")) {
      answerServer(message);
      return;
    }
    JsonNode params = message.path("params");
    exchange
        .notices()
        .take(
            new Notice(
                message.path("method").asText(""),
                params instanceof ObjectNode object ? object : Messages.object()));
  }

  private void answerServer(ObjectNode message) throws UpstreamFault {
    byte[] reply = Responses.toServer(message, exchange.allowed(), serverRequests++);
    try {
      replier.reply(exchange, reply);
    } catch (UpstreamFault fault) {
      LOG.debug(
          "the tool server did not take the answer to its request: {}", fault.operatorDetail());
    }
  }

  /// An error status carries a JSON-RPC error if the peer is well-behaved, and anything if not.
  private RpcAnswer errorOf(Answer answer) throws IOException {
    InputStream body = answer.body();
    byte[] start = body.readNBytes(MAX_ERROR_BYTES);
    try {
      return Responses.read(Messages.parse(start), exchange.id(), answer.status(), Optional.empty())
              instanceof RpcAnswer.Failure failure
          ? failure
          : new RpcAnswer.Rejected(answer.status());
    } catch (UpstreamFault notJsonRpc) {
      return new RpcAnswer.Rejected(answer.status());
    }
  }

  private static Optional<String> session(Answer answer) {
    return answer.header("Mcp-Session-Id");
  }
}
