package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// A tool server that lists the tools of all tests' policies unless a test says otherwise, notes
/// what it was sent and answers as the test says.
final class ScriptedToolServer implements ToolServer {
  private static final List<ToolDefinition> ALL =
      Stream.of(
              "clean",
              "limited",
              "look",
              "list",
              "list_customers",
              "pay",
              "read",
              "read_customer",
              "read_file",
              "read_mail",
              "redact",
              "run_shell",
              "send",
              "send_email",
              "shut",
              "wash",
              "wire",
              "wire_transfer")
          .map(name -> definition(name, "a tool"))
          .toList();

  private volatile Set<Feature> exposed = Set.of();
  private final List<AuthorizedCall> received = new CopyOnWriteArrayList<>();
  private volatile Function<AuthorizedCall, ToolReply> behaviour = _ -> completed(false);

  private volatile List<ToolDefinition> listing = ALL;

  static ToolDefinition definition(String name, String description) {
    return new ToolDefinition(
        new ToolName(name),
        JsonNodeFactory.instance.objectNode().put("name", name).put("description", description));
  }

  void lists(ToolDefinition... definitions) {
    listing = List.of(definitions);
  }

  void answers(Function<AuthorizedCall, ToolReply> next) {
    behaviour = next;
  }

  static ToolReply completed(boolean isError) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.putArray("content");
    return new ToolReply.Completed(result.put("isError", isError));
  }

  static ToolReply returned(String text) {
    return new ToolReply.Completed(result(text).put("isError", false));
  }

  /// What a tool returns: one text.
  static ObjectNode result(String text) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    return result;
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

  void exposes(Feature... features) {
    exposed = Set.of(features);
  }

  @Override
  public Set<Feature> exposed() {
    return exposed;
  }

  @Override
  public ToolReply forward(AuthorizedCall call, Caller caller) {
    received.add(call);
    return behaviour.apply(call);
  }

  @Override
  public List<ToolDefinition> tools() {
    return listing;
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
