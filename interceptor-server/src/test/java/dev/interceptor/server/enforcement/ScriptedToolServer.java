package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.ToolDefinition;
import dev.interceptor.server.upstream.ToolReply;
import dev.interceptor.server.upstream.ToolServer;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// A tool server that notes what it was sent and answers as the test says.
final class ScriptedToolServer implements ToolServer {
  private final List<AuthorizedCall> received = new CopyOnWriteArrayList<>();
  private volatile Function<AuthorizedCall, ToolReply> behaviour = _ -> completed(false);

  void answers(Function<AuthorizedCall, ToolReply> next) {
    behaviour = next;
  }

  static ToolReply completed(boolean isError) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.putArray("content");
    return new ToolReply.Completed(result.put("isError", isError));
  }

  List<AuthorizedCall> received() {
    return List.copyOf(received);
  }

  @Override
  public UpstreamName name() {
    return new UpstreamName("demo");
  }

  @Override
  public Audience audience() {
    return Audience.of(URI.create("http://127.0.0.1:1/mcp"));
  }

  @Override
  public ToolReply forward(AuthorizedCall call) {
    received.add(call);
    return behaviour.apply(call);
  }

  @Override
  public List<ToolDefinition> tools() {
    return List.of();
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
