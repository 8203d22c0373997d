package dev.interceptor.core.decision.suite;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.policy.YamlJson;
import dev.interceptor.core.policy.YamlReading;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads calls that authors write down.
public final class CallReader {
  /// The keys of a call.
  public static final List<String> KEYS =
      List.of("call", "args", "session", "customer", "key", "ip", "at", "approved", "outcome");

  static final List<String> OUTCOMES = List.of("completed", "failed");
  private static final UpstreamName DEMO = new UpstreamName("demo");

  /// Who calls, when and in which session where a call does not say it.
  public record Defaults(Principal principal, SessionId session, Instant at, Optional<String> ip) {
    /// Noon of a Monday.
    static final Defaults OF_SUITES =
        new Defaults(
            new Principal(new CustomerId("acme"), new ApiKeyId("alice001")),
            new SessionId("s-1"),
            Instant.parse("2026-11-23T12:00:00Z"),
            Optional.empty());
  }

  private final YamlReading yaml;
  private final Defaults defaults;

  CallReader(YamlReading yaml, Defaults defaults) {
    this.yaml = yaml;
    this.defaults = defaults;
  }

  /// @param members of the call's object
  Optional<AskedCall> read(Node node, Map<String, Node> members) {
    Optional<ToolRef> tool = tool(node, members);
    Optional<Arguments> arguments = arguments(members);
    var caller = defaults.principal();
    Optional<SessionId> session = named(members, "session", defaults.session(), SessionId::new);
    Optional<CustomerId> customer = named(members, "customer", caller.customer(), CustomerId::new);
    Optional<ApiKeyId> key = named(members, "key", caller.key(), ApiKeyId::new);
    Optional<Instant> at = named(members, "at", defaults.at(), CallReader::instant);
    Optional<String> ip =
        Optional.ofNullable(members.get("ip")).flatMap(value -> yaml.text(value, "`ip`"));
    boolean approved =
        Optional.ofNullable(members.get("approved"))
            .flatMap(value -> yaml.truth(value, "`approved`"))
            .orElse(false);
    boolean fails = fails(members);
    if (tool.isEmpty()
        || arguments.isEmpty()
        || session.isEmpty()
        || customer.isEmpty()
        || key.isEmpty()
        || at.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AskedCall(
            place(node),
            new Principal(customer.get(), key.get()),
            session.get(),
            new ToolCall(tool.get(), arguments.get()),
            new CallContext(at.get(), ip.or(defaults::ip)),
            approved,
            fails));
  }

  private static AskedCall.Place place(Node node) {
    return node.getStartMark()
        .map(mark -> new AskedCall.Place(mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(new AskedCall.Place(1, 1));
  }

  private Optional<ToolRef> tool(Node node, Map<String, Node> members) {
    Node call = members.get("call");
    if (call == null) {
      yaml.problems().at(node, "a call needs `call`, the tool's name");
      return Optional.empty();
    }
    return yaml.named(call, "`call`", CallReader::tool);
  }

  /// A bare name is a tool of the upstream `demo`.
  public static ToolRef tool(String written) {
    return ToolRef.of(written, DEMO);
  }

  private Optional<Arguments> arguments(Map<String, Node> members) {
    Node node = members.get("args");
    if (node == null) {
      return Optional.of(Arguments.none());
    }
    Optional<JsonValue> json = new YamlJson(yaml).read(node);
    if (json.isPresent() && json.get() instanceof JsonObject object) {
      return Optional.of(Arguments.of(object));
    }
    yaml.problems().at(node, "`args` must be an object (`{to: bob@acme.example}`)");
    return Optional.empty();
  }

  private <T> Optional<T> named(
      Map<String, Node> members, String key, T otherwise, Function<String, T> make) {
    Node node = members.get(key);
    return node == null ? Optional.of(otherwise) : yaml.named(node, "`" + key + "`", make);
  }

  /// @throws IllegalArgumentException if the text is not a moment in UTC
  public static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("write a moment in UTC, as in 2026-11-23T12:00:00Z", e);
    }
  }

  private boolean fails(Map<String, Node> members) {
    Node node = members.get("outcome");
    if (node == null) {
      return false;
    }
    Optional<String> word = yaml.text(node, "`outcome`");
    if (word.isPresent() && !OUTCOMES.contains(word.get())) {
      yaml.problems().at(node, "`outcome` is `completed` (also without the key) or `failed`");
    }
    return word.equals(Optional.of("failed"));
  }
}
