package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.upstream.HttpTransport.Header;
import dev.interceptor.server.upstream.RpcChannel.ServerRequests;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// MCP 2026-07-28: no session; version and capabilities travel with every request, in the body and
/// mirrored in headers.
final class ModernDialect implements Dialect {
  static final String VERSION = "2026-07-28";

  private static final String META_PREFIX = "io.modelcontextprotocol/";
  private static final byte[] CALL_META =
      (",\"_meta\":" + new String(Messages.bytes(meta()), StandardCharsets.UTF_8))
          .getBytes(StandardCharsets.UTF_8);
  private static final Header VERSION_HEADER = new Header("MCP-Protocol-Version", VERSION);
  private static final Header CALL_HEADER = new Header("Mcp-Method", "tools/call");

  private final RpcChannel channel;
  private final ToolCatalog catalog;

  ModernDialect(RpcChannel channel, ToolCatalog catalog) {
    this.channel = channel;
    this.catalog = catalog;
  }

  /// What every modern request says about its sender. No capability is declared, so the server may
  /// not ask anything back.
  private static ObjectNode meta() {
    ObjectNode meta = Messages.object();
    meta.put(META_PREFIX + "protocolVersion", VERSION);
    meta.putObject(META_PREFIX + "clientCapabilities");
    meta.set(META_PREFIX + "clientInfo", ClientIdentity.json());
    return meta;
  }

  @Override
  public RpcAnswer call(AuthorizedCall call, Deadline deadline) throws UpstreamFault {
    ToolName tool = call.call().tool().name();
    ToolCatalog.Listing listing = catalog.known(deadline);
    List<Header> headers = new ArrayList<>(6);
    headers.add(VERSION_HEADER);
    headers.add(CALL_HEADER);
    headers.add(new Header("Mcp-Name", HeaderValue.encode(tool.value())));
    headers.addAll(listing.mirrors(tool).headers(call.call().arguments().value()));
    headers.add(new Header("Authorization", "Bearer " + call.token()));
    long id = channel.nextId();
    RpcAnswer answer =
        channel.request(id, headers, callBody(id, call), ServerRequests.FORBIDDEN, deadline);
    if (answer instanceof RpcAnswer.Failure failure
        && failure.code() == ErrorNumbers.HEADER_MISMATCH) {
      catalog.forget(listing);
    }
    return answer;
  }

  private static byte[] callBody(long id, AuthorizedCall call) {
    return Dialect.callBody(id, call, CALL_META);
  }

  @Override
  public Page list(Optional<String> cursor, Deadline deadline) throws UpstreamFault {
    ObjectNode params = Messages.object();
    cursor.ifPresent(opaque -> params.put("cursor", opaque));
    return Page.of(request(channel, "tools/list", params, deadline), true);
  }

  /// The question that tells the eras apart.
  static RpcAnswer discover(RpcChannel channel, Deadline deadline) throws UpstreamFault {
    return request(channel, "server/discover", Messages.object(), deadline);
  }

  private static RpcAnswer request(
      RpcChannel channel, String method, ObjectNode params, Deadline deadline)
      throws UpstreamFault {
    long id = channel.nextId();
    params.set("_meta", meta());
    ObjectNode body = Messages.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    body.set("params", params);
    List<Header> headers = List.of(VERSION_HEADER, new Header("Mcp-Method", method));
    return channel.request(id, headers, Messages.bytes(body), ServerRequests.FORBIDDEN, deadline);
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
