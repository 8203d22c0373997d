package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Tools that run where the interceptor sends nothing: in a chat client itself, or at the provider
/// of a model. Policies name them qualified by `client` or `provider`, or bare.
public final class UnreachedTools implements ToolServer {
  /// Functions of chat clients that no upstream offers under their name.
  public static final UnreachedTools CLIENT = new UnreachedTools("client");

  /// Tools that a model's provider runs, such as its web search.
  public static final UnreachedTools PROVIDER = new UnreachedTools("provider");

  private final UpstreamName name;

  private UnreachedTools(String name) {
    this.name = new UpstreamName(name);
  }

  /// Whether no upstream may have the name.
  public static boolean isReserved(UpstreamName name) {
    return of(name).isPresent();
  }

  /// Those of that name.
  public static Optional<ToolServer> of(UpstreamName name) {
    if (name.equals(CLIENT.name)) {
      return Optional.of(CLIENT);
    }
    return name.equals(PROVIDER.name) ? Optional.of(PROVIDER) : Optional.empty();
  }

  @Override
  public UpstreamName name() {
    return name;
  }

  /// Of no token.
  @Override
  public Audience audience() {
    throw new IllegalStateException("no token is for the tools of `" + name + "`");
  }

  @Override
  public Set<Feature> exposed() {
    return Set.of();
  }

  @Override
  public ToolReply forward(AuthorizedCall call, Caller caller) {
    return new ToolReply.NotDelivered("nothing is sent to the tools of `" + name + "`");
  }

  @Override
  public List<ToolDefinition> tools() {
    return List.of();
  }

  @Override
  public List<ObjectNode> listed(Listed what) {
    return List.of();
  }

  @Override
  public Caller.Registration listen(
      Interests interests, Consumer<Notice> subscriber, Runnable ended) {
    throw new IllegalStateException("the tools of `" + name + "` have no news");
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
