package dev.interceptor.server.pinning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.Caller;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.Interests;
import dev.interceptor.server.upstream.Listed;
import dev.interceptor.server.upstream.Notice;
import dev.interceptor.server.upstream.ToolDefinition;
import dev.interceptor.server.upstream.ToolReply;
import dev.interceptor.server.upstream.ToolServer;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A tool server that lists what a test says and runs nothing.
final class ListingServer implements ToolServer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final UpstreamName name;
  private volatile Supplier<List<ToolDefinition>> listing = List::of;

  ListingServer(String name) {
    this.name = new UpstreamName(name);
  }

  static ToolDefinition definition(String json) {
    try {
      ObjectNode node = (ObjectNode) JSON.readTree(json);
      return new ToolDefinition(new ToolName(node.path("name").asText()), node);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  ListingServer lists(String... definitions) {
    return lists(Arrays.stream(definitions).map(ListingServer::definition).toList());
  }

  ListingServer lists(List<ToolDefinition> definitions) {
    listing = () -> definitions;
    return this;
  }

  void fails(RuntimeException failure) {
    listing =
        () -> {
          throw failure;
        };
  }

  @Override
  public UpstreamName name() {
    return name;
  }

  @Override
  public Audience audience() {
    return Audience.of(URI.create("http://127.0.0.1:1/mcp"));
  }

  @Override
  public Set<Feature> exposed() {
    return Set.of();
  }

  @Override
  public ToolReply forward(AuthorizedCall call, Caller caller) {
    throw new IllegalStateException("nothing is called here");
  }

  @Override
  public List<ToolDefinition> tools() {
    return listing.get();
  }

  @Override
  public List<ObjectNode> listed(Listed what) {
    return List.of();
  }

  @Override
  public Caller.Registration listen(
      Interests interests, Consumer<Notice> subscriber, Runnable ended) {
    return () -> {};
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
