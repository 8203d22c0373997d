package dev.interceptor.server.upstream;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import java.time.InstantSource;
import java.util.List;

/// One upstream that runs tools.
///
/// *Guarantees*: `forward` sends the call's canonical argument bytes unchanged, at most once, with
/// its token; it returns within the configured timeout. *Does not*: decide, retry a call that may
/// have been delivered, or follow redirects.
public interface ToolServer extends AutoCloseable {
  UpstreamName name();

  /// The `aud` of tokens for this server.
  Audience audience();

  /// Sends the call and waits for its answer; never throws for what the upstream does.
  ToolReply forward(AuthorizedCall call);

  /// The tools the server lists, in its order, from a cache that is at most a minute old.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException UPSTREAM_UNREACHABLE,
  ///   UPSTREAM_TIMEOUT or UPSTREAM_PROTOCOL
  List<ToolDefinition> tools();

  @Override
  void close();

  /// A server reached over MCP's Streamable HTTP, of either era. Nothing is sent before the first
  /// call.
  ///
  /// @param clock dates what is remembered about the server
  static ToolServer http(UpstreamConfig config, InstantSource clock) {
    return new HttpToolServer(config, ApacheTransport.open(config), clock);
  }
}
