package dev.interceptor.core.decision;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// One golden file of `policies/tests`: a policy and the calls of a story with the whole decision
/// that each of them gets.
///
/// @param policy text of the policy
/// @param policyName what its problems would call it
public record DecisionSuite(
    String name, String description, String policy, String policyName, List<Step> steps) {

  /// @param upstreamFails whether the call is not completed, so that no tag is removed
  public record Step(
      String title, SessionId session, ToolCall call, boolean upstreamFails, Wanted wanted) {}

  /// A decision without the session's state.
  public sealed interface Wanted {
    record Permit(List<RuleId> by, SortedSet<Label> add, SortedSet<Label> remove)
        implements Wanted {}

    record Deny(ReasonCode reason, List<RuleId> by, Optional<String> message) implements Wanted {}

    static Wanted of(Decision decision) {
      return switch (decision) {
        case Decision.Permit permit ->
            new Permit(permit.determining(), permit.added(), permit.removed());
        case Decision.Deny deny -> new Deny(deny.reason(), deny.determining(), deny.message());
      };
    }
  }

  /// The session after the step.
  public static SessionState settled(Step step, SessionState before, Decision decision) {
    return switch (decision) {
      case Decision.Deny deny -> before;
      case Decision.Permit permit ->
          step.upstreamFails() ? permit.reserved() : permit.reserved().without(permit.removed());
    };
  }

  public static Path policies() {
    return Path.of(System.getProperty("repository", ".."), "policies");
  }

  public static DecisionSuite read(Path file) throws IOException {
    var yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    Map<?, ?> suite = object(yaml, Set.of("description", "policy", "policy_file", "steps"));
    Object inline = suite.get("policy");
    Path other = file.resolveSibling(String.valueOf(suite.get("policy_file"))).normalize();
    List<Step> steps = list(suite.get("steps")).stream().map(DecisionSuite::step).toList();
    return new DecisionSuite(
        String.valueOf(file.getFileName()),
        text(suite.get("description")),
        inline == null ? Files.readString(other) : text(inline),
        inline == null ? String.valueOf(other.getFileName()) : file.getFileName() + " (policy)",
        steps);
  }

  private static Step step(Object yaml) {
    Map<?, ?> step = object(yaml, Set.of("call", "args", "session", "outcome", "want"));
    String tool = text(step.get("call"));
    Object args = step.get("args");
    JsonObject arguments = args == null ? JsonObject.EMPTY : (JsonObject) json(args);
    Object session = step.get("session");
    return new Step(
        tool + (args == null ? "" : " " + args) + " → " + step.get("want"),
        new SessionId(session == null ? "s-1" : text(session)),
        new ToolCall(tool(tool), Arguments.of(arguments)),
        "failed".equals(step.get("outcome")),
        wanted(step.get("want")));
  }

  private static ToolRef tool(String written) {
    int cut = written.indexOf("__");
    return cut < 0
        ? new ToolRef(new UpstreamName("demo"), new ToolName(written))
        : new ToolRef(
            new UpstreamName(written.substring(0, cut)), new ToolName(written.substring(cut + 2)));
  }

  private static Wanted wanted(@Nullable Object yaml) {
    Map<?, ?> want = object(yaml, Set.of("permit", "add", "remove", "deny", "by", "message"));
    if (want.containsKey("permit")) {
      return new Wanted.Permit(
          rules(want.get("permit")), labels(want.get("add")), labels(want.get("remove")));
    }
    Object message = want.get("message");
    return new Wanted.Deny(
        ReasonCode.valueOf(text(want.get("deny"))),
        rules(want.get("by")),
        message == null ? Optional.empty() : Optional.of(text(message)));
  }

  private static List<RuleId> rules(@Nullable Object yaml) {
    return list(yaml).stream().map(id -> new RuleId(text(id))).toList();
  }

  private static SortedSet<Label> labels(@Nullable Object yaml) {
    SortedSet<Label> labels = new TreeSet<>();
    list(yaml).forEach(label -> labels.add(new Label(text(label))));
    return labels;
  }

  private static List<?> list(@Nullable Object yaml) {
    return yaml == null ? List.of() : (List<?>) yaml;
  }

  private static String text(@Nullable Object yaml) {
    if (yaml instanceof String string) {
      return string;
    }
    throw new IllegalArgumentException("not text: " + yaml);
  }

  private static Map<?, ?> object(@Nullable Object yaml, Set<String> keys) {
    if (yaml instanceof Map<?, ?> map && keys.containsAll(map.keySet())) {
      return map;
    }
    throw new IllegalArgumentException("not an object with the keys " + keys + ": " + yaml);
  }

  /// Plain Java values as JSON.
  static JsonValue json(@Nullable Object value) {
    return switch (value) {
      case null -> JsonNull.NULL;
      case String text -> new JsonString(text);
      case Boolean truth -> JsonBoolean.of(truth);
      case Number number -> new JsonNumber(number.doubleValue());
      case List<?> elements -> new JsonArray(elements.stream().map(DecisionSuite::json).toList());
      case Map<?, ?> map -> {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        map.forEach((name, member) -> members.put(text(name), json(member)));
        yield new JsonObject(members);
      }
      default -> throw new IllegalArgumentException("not JSON: " + value);
    };
  }
}
