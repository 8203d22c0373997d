package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// A tool server reached over MCP's Streamable HTTP, of either era.
final class HttpToolServer implements ToolServer {
  private static final Duration ERA_AGE = Duration.ofMinutes(10);

  private final UpstreamConfig config;
  private final Audience audience;
  private final HttpTransport transport;
  private final RpcChannel channel;
  private final ModernDialect modern;
  private final LegacyDialect legacy;
  private final ToolCatalog catalog;
  private final SharedLoad<Dialect> dialect;

  HttpToolServer(UpstreamConfig config, HttpTransport transport, InstantSource clock) {
    this.config = config;
    this.audience = config.audience().orElseGet(() -> Audience.of(config.url()));
    this.transport = transport;
    this.channel = new RpcChannel(transport);
    this.dialect = new SharedLoad<>(clock, ERA_AGE);
    this.catalog =
        new ToolCatalog((cursor, deadline) -> dialect(deadline).list(cursor, deadline), clock);
    this.modern = new ModernDialect(channel, catalog);
    this.legacy = new LegacyDialect(channel, clock);
  }

  @Override
  public UpstreamName name() {
    return config.name();
  }

  @Override
  public Audience audience() {
    return audience;
  }

  @Override
  public ToolReply forward(AuthorizedCall call) {
    if (!call.audience().equals(audience) || !call.call().tool().upstream().equals(name())) {
      throw new IllegalArgumentException("the call was authorized for another server");
    }
    Deadline deadline = Deadline.after(config.timeout());
    Dialect spoken;
    try {
      spoken = dialect(deadline);
    } catch (UpstreamFault fault) {
      return new ToolReply.NotDelivered(fault.operatorDetail());
    }
    try {
      RpcAnswer answer = spoken.call(call, deadline);
      forgetWrongVerdict(spoken, answer);
      return reply(answer);
    } catch (UpstreamFault fault) {
      return reply(fault);
    }
  }

  @Override
  public List<ToolDefinition> tools() {
    Deadline deadline = Deadline.after(config.timeout());
    try {
      return catalog.current(deadline).tools();
    } catch (UpstreamFault fault) {
      ErrorCode code =
          switch (fault.kind()) {
            case NOT_SENT, DISCONNECTED -> ErrorCode.UPSTREAM_UNREACHABLE;
            case TIMEOUT -> ErrorCode.UPSTREAM_TIMEOUT;
            case PROTOCOL, REFUSED -> ErrorCode.UPSTREAM_PROTOCOL;
          };
      throw InterceptorException.of(
          code, "upstream `" + name() + "`: " + fault.operatorDetail(), fault);
    }
  }

  private Dialect dialect(Deadline deadline) throws UpstreamFault {
    return dialect.get(deadline, this::negotiate);
  }

  private Dialect negotiate(Deadline deadline) throws UpstreamFault {
    return switch (EraProbe.ask(channel, deadline)) {
      case MODERN -> modern;
      case LEGACY -> {
        legacy.connect(deadline);
        yield legacy;
      }
    };
  }

  /// A server that was replaced by one of the other era refuses the request as a whole; the next
  /// call asks again which era it speaks.
  private void forgetWrongVerdict(Dialect spoken, RpcAnswer answer) {
    boolean wrong =
        switch (answer) {
          case RpcAnswer.Result _ -> false;
          case RpcAnswer.Failure failure ->
              failure.status() == 400
                  || failure.status() == 404
                  || failure.code() == ErrorNumbers.UNSUPPORTED_VERSION;
          case RpcAnswer.Rejected rejected ->
              rejected.status() == 400 || rejected.status() == 404 || rejected.status() == 405;
        };
    if (wrong) {
      dialect.forget(spoken);
    }
  }

  private static ToolReply reply(RpcAnswer answer) {
    return switch (answer) {
      case RpcAnswer.Failure failure ->
          new ToolReply.Failed(Fault.REFUSED, failure.operatorDetail());
      case RpcAnswer.Rejected rejected ->
          new ToolReply.Failed(Fault.REFUSED, "HTTP " + rejected.status());
      case RpcAnswer.Result result -> {
        JsonNode type = result.result().path("resultType");
        if (!type.isMissingNode() && !type.asText("").equals("complete")) {
          yield new ToolReply.Failed(Fault.PROTOCOL, "the result is not complete");
        }
        if (!result.result().path("content").isArray()) {
          yield new ToolReply.Unknown(Fault.PROTOCOL, "the result has no content");
        }
        yield new ToolReply.Completed(result.result());
      }
    };
  }

  private static ToolReply reply(UpstreamFault fault) {
    String detail = fault.operatorDetail();
    return switch (fault.kind()) {
      case NOT_SENT -> new ToolReply.NotDelivered(detail);
      case TIMEOUT -> new ToolReply.Unknown(Fault.TIMEOUT, detail);
      case DISCONNECTED -> new ToolReply.Unknown(Fault.DISCONNECTED, detail);
      case PROTOCOL -> new ToolReply.Unknown(Fault.PROTOCOL, detail);
      case REFUSED -> new ToolReply.Failed(Fault.REFUSED, detail);
    };
  }

  @Override
  public void close() {
    transport.close();
  }
}
