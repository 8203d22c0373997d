package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// One upstream that runs tools.
///
/// *Guarantees*: `forward` sends the call's canonical argument bytes unchanged, at most once, with
/// its token; it returns within the configured timeout. *Does not*: decide, retry a call that may
/// have been delivered, or follow redirects.
public interface ToolServer extends AutoCloseable {
  UpstreamName name();

  /// The `aud` of tokens for this server.
  Audience audience();

  /// What the configuration turned on for this server besides tools.
  Set<Feature> exposed();

  /// Sends the call and waits for its answer; never throws for what the upstream does. A caller
  /// that leaves ends the exchange: what the tool did is unknown then.
  ToolReply forward(AuthorizedCall call, Caller caller);

  /// The same for a caller that only waits.
  default ToolReply forward(AuthorizedCall call) {
    return forward(call, Caller.SILENT);
  }

  /// The tools the server lists, in its order, from a cache that is not older than the
  /// configuration allows; the same list until it is asked again.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException UPSTREAM_UNREACHABLE,
  ///   UPSTREAM_TIMEOUT or UPSTREAM_PROTOCOL
  List<ToolDefinition> tools();

  /// What the server lists besides tools, in its order, from a cache that is at most a minute old;
  /// empty if it does not know such a list.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException as `tools`
  List<ObjectNode> listed(Listed what);

  /// Tells `subscriber` of changes until the returned registration is closed or the server ends the
  /// stream, for which `ended` runs once.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException as `tools`
  Caller.Registration listen(Interests interests, Consumer<Notice> subscriber, Runnable ended);

  @Override
  void close();

  /// The configured server. Nothing is sent or started before the first call.
  ///
  /// @param clock dates what is remembered about the server
  static ToolServer open(UpstreamConfig config, InstantSource clock) {
    return switch (config.target()) {
      case Target.Endpoint(URI url) -> {
        RpcChannel channel =
            new HttpRpcChannel(
                ApacheTransport.open(config, url),
                () -> ApacheTransport.openForListening(config, url, HttpRpcChannel.MAX_LISTENERS));
        yield new McpToolServer(config, channel, clock);
      }
      case Target.Command command -> new StdioToolServer(config, command, clock);
    };
  }
}
