package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.upstream.HttpTransport.Answer;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.HttpTransport.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// JSON-RPC requests to one MCP endpoint over Streamable HTTP, each with its one answer, be it JSON
/// or a stream of events.
final class RpcChannel {
  private static final Logger LOG = LoggerFactory.getLogger(RpcChannel.class);
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final int MAX_SERVER_REQUESTS = 16;
  private static final List<Header> COMMON =
      List.of(
          new Header("Content-Type", "application/json"),
          new Header("Accept", "application/json, text/event-stream"),
          new Header("Accept-Encoding", "identity"));

  /// What to do with requests that the server makes on the stream of its answer.
  enum ServerRequests {
    /// They break the protocol.
    FORBIDDEN,
    /// `ping` is answered, the others are refused: no capability was declared.
    ANSWERED
  }

  private final HttpTransport transport;
  private final AtomicLong ids = new AtomicLong();

  RpcChannel(HttpTransport transport) {
    this.transport = transport;
  }

  long nextId() {
    return ids.incrementAndGet();
  }

  /// Sends a request and waits for its answer.
  ///
  /// @param id the id in `body`; the answer must carry the same integer
  RpcAnswer request(
      long id, List<Header> headers, byte[] body, ServerRequests allowed, Deadline deadline)
      throws UpstreamFault {
    return transport.post(
        new Request(withCommon(headers), body),
        deadline,
        answer -> new Reading(id, headers, allowed, deadline).read(answer));
  }

  /// Sends a notification or a response.
  ///
  /// @throws UpstreamFault REFUSED if the peer does not accept it
  void notify(List<Header> headers, byte[] body, Deadline deadline) throws UpstreamFault {
    int status =
        transport.post(new Request(withCommon(headers), body), deadline, this::statusAndRest);
    if (status < 200 || status >= 300) {
      throw UpstreamFault.refused("HTTP " + status + " to a notification");
    }
  }

  private int statusAndRest(Answer answer) throws IOException {
    answer.body().readNBytes(MAX_ERROR_BYTES);
    return answer.status();
  }

  private static List<Header> withCommon(List<Header> headers) {
    List<Header> all = new ArrayList<>(COMMON.size() + headers.size());
    all.addAll(COMMON);
    all.addAll(headers);
    return all;
  }

  /// The reading of one answer.
  private final class Reading {
    private final long id;
    private final List<Header> headers;
    private final ServerRequests allowed;
    private final Deadline deadline;
    private int serverRequests;

    Reading(long id, List<Header> headers, ServerRequests allowed, Deadline deadline) {
      this.id = id;
      this.headers = headers;
      this.allowed = allowed;
      this.deadline = deadline;
    }

    RpcAnswer read(Answer answer) throws IOException {
      int status = answer.status();
      if (status >= 400) {
        return readError(answer);
      }
      if (status != 200) {
        throw UpstreamFault.protocol("HTTP " + status + " to a request");
      }
      String encoding = answer.header("Content-Encoding").orElse("identity");
      if (!encoding.equalsIgnoreCase("identity")) {
        throw UpstreamFault.protocol("the answer is encoded although identity was asked for");
      }
      Optional<String> session = answer.header("Mcp-Session-Id");
      return switch (mediaType(answer)) {
        case "application/json" ->
            response(Messages.parse(answer.body().readAllBytes()), 200, session);
        case "text/event-stream" -> readStream(answer, session);
        default -> throw UpstreamFault.protocol("the answer is neither JSON nor an event stream");
      };
    }

    private RpcAnswer readStream(Answer answer, Optional<String> session) throws IOException {
      SseReader events = new SseReader(answer.body());
      while (true) {
        byte[] event =
            events
                .next()
                .orElseThrow(() ->
                    new UpstreamFault(
                        UpstreamFault.Kind.DISCONNECTED, "the stream ended without an answer"));
        ObjectNode message = Messages.parse(event);
        if (!message.has("method")) {
          return response(message, 200, session);
        }
        if (message.has("id")) {
          answerServer(message);
        }
      }
    }

    /// An error status carries a JSON-RPC error if the peer is well-behaved, and anything if not.
    private RpcAnswer readError(Answer answer) throws IOException {
      byte[] body = answer.body().readNBytes(MAX_ERROR_BYTES);
      try {
        return response(Messages.parse(body), answer.status(), Optional.empty())
                instanceof RpcAnswer.Failure failure
            ? failure
            : new RpcAnswer.Rejected(answer.status());
      } catch (UpstreamFault notJsonRpc) {
        return new RpcAnswer.Rejected(answer.status());
      }
    }

    private RpcAnswer response(ObjectNode message, int status, Optional<String> session)
        throws UpstreamFault {
      if (!message.path("jsonrpc").asText("").equals("2.0")) {
        throw UpstreamFault.protocol("the answer is not JSON-RPC 2.0");
      }
      JsonNode result = message.path("result");
      JsonNode error = message.path("error");
      if (result.isMissingNode() == error.isMissingNode()) {
        throw UpstreamFault.protocol("the answer holds not exactly one of result and error");
      }
      JsonNode answered = message.path("id");
      boolean anonymous = answered.isMissingNode() || answered.isNull();
      boolean ours =
          answered.isIntegralNumber() && answered.canConvertToLong() && answered.longValue() == id;
      if (!ours && !(anonymous && error.isObject())) {
        throw UpstreamFault.protocol("the answer is for another request");
      }
      if (error.isObject() && error.path("code").isIntegralNumber()) {
        JsonNode data = error.path("data");
        return new RpcAnswer.Failure(
            status,
            error.path("code").longValue(),
            data.isObject() ? data : MissingNode.getInstance());
      }
      if (result instanceof ObjectNode object) {
        return new RpcAnswer.Result(object, session);
      }
      throw UpstreamFault.protocol("the answer's result or error is not an object");
    }

    private void answerServer(ObjectNode message) throws UpstreamFault {
      JsonNode serverId = message.path("id");
      if (allowed == ServerRequests.FORBIDDEN
          || !(serverId.isTextual() || serverId.isIntegralNumber())
          || ++serverRequests > MAX_SERVER_REQUESTS) {
        throw UpstreamFault.protocol("the server made a request that the protocol does not allow");
      }
      ObjectNode reply = Messages.object().put("jsonrpc", "2.0");
      reply.set("id", serverId);
      if (message.path("method").asText("").equals("ping")) {
        reply.putObject("result");
      } else {
        reply.putObject("error").put("code", -32601).put("message", "not supported by this client");
      }
      try {
        RpcChannel.this.notify(headers, Messages.bytes(reply), deadline);
      } catch (UpstreamFault fault) {
        LOG.debug(
            "the tool server did not take the answer to its request: {}", fault.operatorDetail());
      }
    }
  }

  private static String mediaType(Answer answer) {
    String type = answer.header("Content-Type").orElse("");
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }
}
