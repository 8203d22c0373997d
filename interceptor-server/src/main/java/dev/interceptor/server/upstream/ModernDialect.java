package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.RpcChannel.Carrier;
import dev.interceptor.server.upstream.RpcChannel.ServerRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// MCP 2026-07-28: no session; version and capabilities travel with every request, in the body and
/// mirrored in headers.
final class ModernDialect implements Dialect {
  static final String VERSION = "2026-07-28";

  private static final String META_PREFIX = "io.modelcontextprotocol/";
  private static final byte[] CALL_META = CallBody.meta(meta(Messages.object()));
  private static final Header VERSION_HEADER = new Header("MCP-Protocol-Version", VERSION);
  private static final Header CALL_HEADER = new Header("Mcp-Method", "tools/call");

  private final RpcChannel channel;
  private final ToolCatalog catalog;
  private final Cancellations cancellations;

  ModernDialect(RpcChannel channel, ToolCatalog catalog, Cancellations cancellations) {
    this.channel = channel;
    this.catalog = catalog;
    this.cancellations = cancellations;
  }

  /// What every modern request says about its sender.
  ///
  /// @param capabilities what the server may ask back
  private static ObjectNode meta(ObjectNode capabilities) {
    ObjectNode meta = Messages.object();
    meta.put(META_PREFIX + "protocolVersion", VERSION);
    meta.set(META_PREFIX + "clientCapabilities", capabilities);
    meta.set(META_PREFIX + "clientInfo", ClientIdentity.json());
    return meta;
  }

  @Override
  public RpcAnswer call(AuthorizedCall call, Caller caller, CallerTerms terms, Deadline deadline)
      throws UpstreamFault {
    long id = channel.nextId();
    Optional<ProtocolMethod> method = ProtocolMethod.of(call.call().tool().name());
    Optional<ToolCatalog.Listing> listing =
        method.isEmpty() && mirrorsArguments()
            ? Optional.of(catalog.known(deadline))
            : Optional.empty();
    List<Header> headers =
        switch (channel.carrier()) {
          case HTTP -> headers(call, method, listing);
          case PIPE -> List.of();
        };
    Exchange exchange =
        new Exchange(
            id,
            headers,
            CallBody.of(id, call, meta(id, call, terms)),
            ServerRequests.FORBIDDEN,
            deadline,
            new CallNotices(id, caller, terms, catalog::forget),
            caller::onLeave);
    RpcAnswer answer = cancelled(exchange, channel::request);
    if (answer instanceof RpcAnswer.Failure failure
        && failure.code() == ErrorNumbers.HEADER_MISMATCH) {
      listing.ifPresent(catalog::forget);
    }
    return answer;
  }

  /// Over HTTP the end of the exchange is the cancellation.
  private RpcAnswer cancelled(Exchange exchange, Sending sending) throws UpstreamFault {
    try {
      return sending.send(exchange);
    } catch (UpstreamFault fault) {
      if (channel.carrier() == Carrier.PIPE) {
        cancellations.after(fault, exchange.id(), List.of());
      }
      throw fault;
    }
  }

  private interface Sending {
    RpcAnswer send(Exchange exchange) throws UpstreamFault;
  }

  private static List<Header> headers(
      AuthorizedCall authorized,
      Optional<ProtocolMethod> method,
      Optional<ToolCatalog.Listing> listing) {
    ToolCall call = authorized.call();
    ToolName tool = call.tool().name();
    List<Header> headers = new ArrayList<>(6);
    headers.add(VERSION_HEADER);
    if (method.isEmpty()) {
      headers.add(CALL_HEADER);
      headers.add(new Header("Mcp-Name", HeaderValue.encode(tool.value())));
      listing.ifPresent(
          known -> headers.addAll(known.mirrors(tool).headers(call.arguments().value())));
    } else {
      headers.add(new Header("Mcp-Method", method.get().method()));
      named(call, method.get())
          .ifPresent(name -> headers.add(new Header("Mcp-Name", HeaderValue.encode(name))));
    }
    headers.add(new Header("Authorization", "Bearer " + authorized.token()));
    return headers;
  }

  /// What `Mcp-Name` mirrors.
  private static Optional<String> named(ToolCall call, ProtocolMethod method) {
    Optional<String> member =
        switch (method) {
          case RESOURCES_READ -> Optional.of("uri");
          case PROMPTS_GET -> Optional.of("name");
          case RESOURCES_SUBSCRIBE, COMPLETION_COMPLETE -> Optional.empty();
        };
    return member
        .flatMap(name -> call.arguments().value().member(name))
        .flatMap(value ->
            value instanceof JsonString text ? Optional.of(text.value()) : Optional.empty());
  }

  private byte[] meta(long id, AuthorizedCall call, CallerTerms terms) {
    Carrier carrier = channel.carrier();
    if (carrier == Carrier.HTTP && terms.areNone()) {
      return CALL_META;
    }
    ObjectNode meta = meta(terms.capabilities());
    terms.logLevel().ifPresent(level -> meta.put(META_PREFIX + "logLevel", level.text()));
    if (terms.progress()) {
      meta.put("progressToken", id);
    }
    terms.traceInto(meta);
    if (carrier == Carrier.PIPE) {
      meta.put(RpcChannel.TOKEN_KEY, call.token());
    }
    return CallBody.meta(meta);
  }

  @Override
  public Optional<ObjectNode> askable(CallerTerms terms) {
    return Optional.of(terms.capabilities());
  }

  @Override
  public RpcAnswer list(String method, Optional<String> cursor, Deadline deadline)
      throws UpstreamFault {
    ObjectNode params = Messages.object();
    cursor.ifPresent(opaque -> params.put("cursor", opaque));
    return request(channel, method, params, deadline);
  }

  @Override
  public RpcAnswer listen(Listening listening, Deadline deadline) throws UpstreamFault {
    long id = channel.nextId();
    ObjectNode params = Messages.object();
    params.set("notifications", filter(listening.interests()));
    String method = "subscriptions/listen";
    return cancelled(
        new Exchange(
            id,
            headers(method),
            body(id, method, params),
            ServerRequests.FORBIDDEN,
            deadline,
            new Acknowledged(id, listening),
            listening),
        channel::listen);
  }

  private static ObjectNode filter(Interests interests) {
    ObjectNode filter = Messages.object();
    if (interests.toolsList()) {
      filter.put("toolsListChanged", true);
    }
    if (interests.promptsList()) {
      filter.put("promptsListChanged", true);
    }
    if (interests.resourcesList()) {
      filter.put("resourcesListChanged", true);
    }
    if (!interests.resources().isEmpty()) {
      interests.resources().forEach(filter.putArray("resourceSubscriptions")::add);
    }
    return filter;
  }

  /// Lets the notices of one subscription through once the server has acknowledged it.
  private static final class Acknowledged implements Exchange.NoticeSink {
    private final long id;
    private final Listening listening;
    private boolean acknowledged;

    Acknowledged(long id, Listening listening) {
      this.id = id;
      this.listening = listening;
    }

    @Override
    public void take(Notice notice) throws UpstreamFault {
      JsonNode named = notice.params().path("_meta").path(META_PREFIX + "subscriptionId");
      boolean ours =
          named.isIntegralNumber() && named.canConvertToLong() && named.longValue() == id;
      if (acknowledged) {
        if (ours) {
          listening.take(notice);
        }
        return;
      }
      if (!ours || !notice.method().equals("notifications/subscriptions/acknowledged")) {
        throw UpstreamFault.protocol("the stream of changes was not acknowledged");
      }
      acknowledged = true;
      listening.begun();
    }
  }

  @Override
  public boolean mirrorsArguments() {
    return channel.carrier() == Carrier.HTTP;
  }

  /// The question that tells the eras apart.
  static RpcAnswer discover(RpcChannel channel, Deadline deadline) throws UpstreamFault {
    return request(channel, "server/discover", Messages.object(), deadline);
  }

  private static RpcAnswer request(
      RpcChannel channel, String method, ObjectNode params, Deadline deadline)
      throws UpstreamFault {
    long id = channel.nextId();
    return channel.request(
        Exchange.own(
            id, headers(method), body(id, method, params), ServerRequests.FORBIDDEN, deadline));
  }

  private static List<Header> headers(String method) {
    return List.of(VERSION_HEADER, new Header("Mcp-Method", method));
  }

  private static byte[] body(long id, String method, ObjectNode params) {
    params.set("_meta", meta(Messages.object()));
    ObjectNode body = Messages.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    body.set("params", params);
    return Messages.bytes(body);
  }

  /// Whether a list of versions as servers send it names this one.
  static boolean isIn(JsonNode versions) {
    for (JsonNode version : versions) {
      if (version.isTextual() && version.textValue().equals(VERSION)) {
        return true;
      }
    }
    return false;
  }
}
