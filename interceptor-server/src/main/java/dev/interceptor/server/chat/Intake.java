package dev.interceptor.server.chat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.enforcement.InterceptedCall;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.enforcement.Proposal;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Inspection;
import dev.interceptor.server.guard.PromptRedaction;
import dev.interceptor.server.guard.PromptVerdict;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.targets.ModelsConfig;
import dev.interceptor.server.targets.ModelsConfig.OnDenied;
import dev.interceptor.server.upstream.UnreachedTools;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What stands between a client's request and a model: guards look at every text, tools that may
/// never be called are not offered, and what tools returned taints the session before the model
/// learns of it.
final class Intake {
  private static final String WITHHELD = "what the tool returned is withheld by policy";

  private final PolicyStore policies;
  private final EnforcementPoint enforcement;
  private final ToolNames names;
  private final JsonLimits limits;

  Intake(PolicyStore policies, EnforcementPoint enforcement, ToolNames names, JsonLimits limits) {
    this.policies = policies;
    this.enforcement = enforcement;
    this.names = names;
    this.limits = limits;
  }

  /// Changes the request into one that may leave.
  ///
  /// @return the names of the calls that the request lets the model ask the client for
  /// @throws RefusedRequestException if it may not leave
  /// @throws InterceptorException if that could not be found out
  Set<String> admit(
      ModelCall request,
      Conversation conversation,
      ConversationMemory memory,
      List<ToolResult> results,
      ConfiguredGuards guards,
      ModelCallNote note) {
    requireSeen(request, conversation, memory);
    // Before redaction: what a result brings into the session is told by what it was.
    for (ToolResult result : results) {
      take(result, conversation, memory);
    }
    RequestWalk walk = redacted(request, guards, note);
    judge(walk, guards);
    walk.unscanned().stream()
        .map(unscanned -> "unscanned_" + unscanned.kind().name().toLowerCase(Locale.ROOT))
        .forEach(note::mark);
    return offered(request, conversation);
  }

  private static void requireSeen(
      ModelCall request, Conversation conversation, ConversationMemory memory) {
    boolean any =
        conversation.target().config().storedContext() == ModelsConfig.StoredContext.ALLOW;
    for (StoredContext stored : request.storedContext()) {
      if (!any && !memory.isKnown(stored)) {
        throw RefusedRequestException.denied(
            "STORED_CONTEXT",
            "`"
                + stored.place()
                + "` refers to content that did not go through this session whole: send the content"
                + " itself");
      }
    }
  }

  /// @return what the request holds afterwards
  private static RequestWalk redacted(
      ModelCall request, ConfiguredGuards guards, ModelCallNote note) {
    RequestWalk walk = request.walk();
    return switch (guards.prompts().apply(walk.texts())) {
      case PromptRedaction.Outcome.Passed(var kinds) -> {
        kinds.forEach(kind -> note.mark("redacted_" + kind.name().toLowerCase(Locale.ROOT)));
        yield kinds.isEmpty() ? walk : request.walk();
      }
      case PromptRedaction.Outcome.Blocked blocked ->
          throw RefusedRequestException.denied(
              "PROMPT_" + blocked.kind().name(),
              "A text of the role "
                  + blocked.role().name().toLowerCase(Locale.ROOT)
                  + " holds "
                  + switch (blocked.kind()) {
                    case SECRETS -> "a credential";
                    case PII -> "personal data";
                    case INJECTION -> "instructions to the model";
                  }
                  + ", which may not leave: take it out.");
    };
  }

  private static void judge(RequestWalk walk, ConfiguredGuards guards) {
    if (guards.prompt().judge(walk.texts()) instanceof PromptVerdict.Flagged flagged) {
      throw RefusedRequestException.denied(
          "PROMPT_FLAGGED",
          "The prompt guard refuses a text of the role "
              + flagged.role().name().toLowerCase(Locale.ROOT)
              + " ("
              + flagged.kind()
              + ").");
    }
  }

  private Set<String> offered(ModelCall request, Conversation conversation) {
    List<OfferedTool> all = request.offered();
    if (all.isEmpty()) {
      return Set.of();
    }
    PolicySet policy = policies.load(conversation.principal());
    Set<String> passed = new HashSet<>();
    Set<OfferedTool> denied = new HashSet<>();
    for (OfferedTool tool : all) {
      switch (tool.kind()) {
        case PROVIDER -> {
          requireAllowed(tool, conversation);
          passed.addAll(tool.calls());
        }
        case FUNCTION, CUSTOM -> {
          if (tool.calls().stream().allMatch(call -> mayBeCalled(call, policy))) {
            passed.addAll(tool.calls());
          } else {
            denied.add(tool);
          }
        }
      }
    }
    if (!denied.isEmpty()) {
      if (conversation.target().config().tools().onDenied() == OnDenied.REFUSE) {
        throw RefusedRequestException.denied(
            "TOOL_OFFERED", "The request offers a tool that the policy never permits.");
      }
      request.keepTools(tool -> !denied.contains(tool));
    }
    return passed;
  }

  private boolean mayBeCalled(String call, PolicySet policy) {
    return names.find(call).filter(policy::mayEverPermit).isPresent();
  }

  /// What a provider's tool brings into its model's answer nobody sees before the answer: that it
  /// is offered counts as its call.
  private void requireAllowed(OfferedTool tool, Conversation conversation) {
    boolean named = conversation.target().config().tools().providerSide().contains(tool.name());
    if (named) {
      Outcome outcome =
          enforcement.releaseSigned(
              conversation.call(provider(tool.name()), server(tool)), Proposal.OFFERED);
      if (outcome instanceof Outcome.Noted) {
        return;
      }
    }
    throw RefusedRequestException.denied(
        "PROVIDER_TOOL",
        "The request offers a tool that runs at the provider and is not allowed here.");
  }

  private static ToolRef provider(String name) {
    try {
      return new ToolRef(UnreachedTools.PROVIDER.name(), new ToolName(name));
    } catch (IllegalArgumentException _) {
      throw InterceptorException.malformed("`tools`: a type is not the name of a tool");
    }
  }

  private static Arguments server(OfferedTool tool) {
    return tool.server().isEmpty()
        ? Arguments.none()
        : Arguments.of(new JsonObject(Map.of("server", new JsonString(tool.server()))));
  }

  /// The client says whose result it is. Where the call of that id was another tool's in this
  /// session, it is taken for that one's, too.
  private void take(ToolResult result, Conversation conversation, ConversationMemory memory) {
    Optional<String> released = memory.toolOf(result);
    Set<String> called = new LinkedHashSet<>();
    result.tool().ifPresent(called::add);
    released.ifPresent(called::add);
    if (called.isEmpty()) {
      throw InterceptorException.malformed(
          "`"
              + result.place()
              + "` is the result of a call that the request does not hold: send the message with"
              + " the call before it");
    }
    for (String name : called) {
      InterceptedCall call = conversation.call(tool(name, result), arguments(result));
      boolean known = memory.isCounted(result) && released.filter(name::equals).isPresent();
      show(
          result,
          memory.isKnown(result)
              ? enforcement.review(call, result.result())
              : enforcement.observe(call, result.result(), known));
    }
    memory.taken(result);
  }

  private ToolRef tool(String name, ToolResult result) {
    return names
        .find(name)
        .orElseThrow(() ->
            InterceptorException.malformed(
                "`"
                    + result.place()
                    + "` is the result of a tool whose name is none, or that of several upstreams'"
                    + " tools: write `upstream__tool`"));
  }

  private static void show(ToolResult result, Inspection.Delivery delivery) {
    switch (delivery) {
      case Inspection.Delivery.Given(var seen) -> result.replace(seen);
      case Inspection.Delivery.Withheld(var error) -> result.withhold(error.orElse(WITHHELD));
    }
  }

  /// What cannot be read is as good as nothing: a rule that needs it takes effect then.
  private Arguments arguments(ToolResult result) {
    Optional<byte[]> written =
        result.arguments().map(text -> text.getBytes(StandardCharsets.UTF_8));
    try {
      return written.isEmpty()
          ? Arguments.none()
          : Arguments.of(StrictJson.parseObject(written.get(), limits));
    } catch (MalformedJsonException _) {
      return Arguments.none();
    }
  }
}
