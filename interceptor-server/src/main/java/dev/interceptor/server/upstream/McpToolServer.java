package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// A tool server that speaks MCP, of either era, over any channel.
final class McpToolServer implements ToolServer {
  private static final Duration ERA_AGE = Duration.ofMinutes(10);

  private final UpstreamConfig config;
  private final RpcChannel channel;
  private final EraProbe.Finder era;
  private final ModernDialect modern;
  private final LegacyDialect legacy;
  private final ToolCatalog catalog;
  private final Map<Listed, ListCatalog> lists = new EnumMap<>(Listed.class);
  private final SharedLoad<Dialect> dialect;

  McpToolServer(UpstreamConfig config, RpcChannel channel, InstantSource clock) {
    this(config, channel, (asked, deadline, _) -> EraProbe.ask(asked, deadline), clock);
  }

  McpToolServer(
      UpstreamConfig config, RpcChannel channel, EraProbe.Finder era, InstantSource clock) {
    this.config = config;
    this.era = era;
    this.channel = new GuardedChannel(config.name(), channel, clock);
    this.dialect = new SharedLoad<>(clock, eraAge(channel));
    this.catalog =
        new ToolCatalog(
            (cursor, deadline) -> dialect(deadline).tools(cursor, deadline),
            clock,
            config.toolsMaxAge());
    for (Listed what : Listed.values()) {
      lists.put(
          what,
          new ListCatalog(
              what,
              (method, cursor, deadline) -> dialect(deadline).list(method, cursor, deadline),
              clock,
              config.toolsMaxAge()));
    }
    Cancellations cancellations = new Cancellations(this.channel);
    this.modern = new ModernDialect(this.channel, catalog, cancellations);
    this.legacy = new LegacyDialect(this.channel, clock, catalog::forget, cancellations);
  }

  /// What a process speaks does not change while it lives.
  private static Duration eraAge(RpcChannel channel) {
    return switch (channel.carrier()) {
      case HTTP -> ERA_AGE;
      case PIPE -> LegacySessions.AS_LONG_AS_THE_PROCESS;
    };
  }

  @Override
  public UpstreamName name() {
    return config.name();
  }

  @Override
  public Audience audience() {
    return config.audience();
  }

  @Override
  public ToolReply forward(AuthorizedCall call, Caller caller) {
    if (!call.audience().equals(config.audience())
        || !call.call().tool().upstream().equals(name())) {
      throw new IllegalArgumentException("the call was authorized for another server");
    }
    Optional<String> objection = Forwardable.objection(call.call(), config.exposed());
    if (objection.isPresent()) {
      return new ToolReply.NotDelivered(objection.get());
    }
    Deadline deadline = Deadline.after(config.timeout());
    Dialect spoken;
    try {
      spoken = dialect(deadline);
    } catch (UpstreamFault fault) {
      return new ToolReply.NotDelivered(fault.operatorDetail());
    }
    try {
      CallerTerms terms = CallerTerms.of(caller, config.exposed());
      RpcAnswer answer = spoken.call(call, caller, terms, deadline);
      forgetWrongVerdict(spoken, answer);
      Optional<ProtocolMethod> method = ProtocolMethod.of(call.call().tool().name());
      return Replies.of(answer, method, spoken.askable(terms));
    } catch (UpstreamFault fault) {
      return Replies.of(fault);
    }
  }

  @Override
  public Set<Feature> exposed() {
    return config.exposed();
  }

  @Override
  public List<ToolDefinition> tools() {
    Deadline deadline = Deadline.after(config.timeout());
    try {
      return catalog.current(deadline).tools();
    } catch (UpstreamFault fault) {
      throw failure(fault);
    }
  }

  @Override
  public List<ObjectNode> listed(Listed what) {
    Deadline deadline = Deadline.after(config.timeout());
    try {
      return list(what).current(deadline);
    } catch (UpstreamFault fault) {
      throw failure(fault);
    }
  }

  private ListCatalog list(Listed what) {
    return Objects.requireNonNull(lists.get(what));
  }

  @Override
  public Caller.Registration listen(
      Interests interests, Consumer<Notice> subscriber, Runnable ended) {
    Deadline deadline = Deadline.after(config.timeout());
    Listening listening = new Listening(interests, forgettingLists(subscriber), ended);
    try {
      Dialect spoken = dialect(deadline);
      listening.open(reader -> spoken.listen(reader, deadline), deadline);
      return listening;
    } catch (UpstreamFault fault) {
      throw failure(fault);
    }
  }

  /// A subscriber that asks for the list it heard of gets the new one.
  private Consumer<Notice> forgettingLists(Consumer<Notice> subscriber) {
    return notice -> {
      switch (notice.method()) {
        case Notice.TOOLS_CHANGED -> catalog.forget();
        case Notice.PROMPTS_CHANGED -> list(Listed.PROMPTS).forget();
        case Notice.RESOURCES_CHANGED -> {
          list(Listed.RESOURCES).forget();
          list(Listed.RESOURCE_TEMPLATES).forget();
        }
        default -> {
          // No list has changed.
        }
      }
      subscriber.accept(notice);
    };
  }

  private InterceptorException failure(UpstreamFault fault) {
    ErrorCode code =
        switch (fault.kind()) {
          case NOT_SENT, GIVEN_UP, DISCONNECTED, ABANDONED -> ErrorCode.UPSTREAM_UNREACHABLE;
          case TIMEOUT -> ErrorCode.UPSTREAM_TIMEOUT;
          case PROTOCOL, REFUSED -> ErrorCode.UPSTREAM_PROTOCOL;
        };
    return InterceptorException.of(
        code, "upstream `" + name() + "`: " + fault.operatorDetail(), fault);
  }

  private Dialect dialect(Deadline deadline) throws UpstreamFault {
    return dialect.get(deadline, this::negotiate);
  }

  private Dialect negotiate(Deadline deadline) throws UpstreamFault {
    return switch (era.find(channel, deadline, legacy::connect)) {
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
              failure.code() != ErrorNumbers.MISSING_CAPABILITY
                  && (failure.status() == 400
                      || failure.status() == 404
                      || failure.code() == ErrorNumbers.UNSUPPORTED_VERSION);
          case RpcAnswer.Rejected rejected ->
              rejected.status() == 400 || rejected.status() == 404 || rejected.status() == 405;
        };
    if (wrong) {
      dialect.forget(spoken);
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
