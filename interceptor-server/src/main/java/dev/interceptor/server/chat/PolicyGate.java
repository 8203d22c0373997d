package dev.interceptor.server.chat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.enforcement.EnforcementPoint;
import dev.interceptor.server.enforcement.InterceptedCall;
import dev.interceptor.server.enforcement.Outcome;
import dev.interceptor.server.enforcement.Proposal;
import dev.interceptor.server.targets.ModelsConfig.TokenAttachment;
import dev.interceptor.server.upstream.UnreachedTools;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The gate of one conversation: asks the enforcement point about each call.
final class PolicyGate implements CallGate {
  /// Stands in the log for a name that no tool can have.
  private static final ToolRef UNNAMEABLE =
      new ToolRef(UnreachedTools.CLIENT.name(), new ToolName("unnameable"));

  private final Conversation conversation;
  private final Set<String> offered;
  private final ToolNames names;
  private final EnforcementPoint enforcement;
  private final JsonLimits limits;
  private final List<ReleasedCall> released = new ArrayList<>();
  private int withheld;

  /// A call that the client has got.
  record ReleasedCall(String id, String name, Arguments arguments) {}

  /// @param offered names of the tools that the request offers, as far as they passed
  /// @param limits of a call's arguments
  PolicyGate(
      Conversation conversation,
      Set<String> offered,
      ToolNames names,
      EnforcementPoint enforcement,
      JsonLimits limits) {
    this.conversation = conversation;
    this.offered = Set.copyOf(offered);
    this.names = names;
    this.enforcement = enforcement;
    this.limits = limits;
  }

  @Override
  public Verdict decide(ProposedCall call) {
    Optional<Arguments> arguments = arguments(call);
    Optional<ToolRef> tool = names.find(call.name());
    Proposal proposal =
        !offered.contains(call.name()) || tool.isEmpty()
            ? Proposal.NOT_OFFERED
            : arguments.isEmpty() ? Proposal.UNREADABLE : Proposal.OFFERED;
    InterceptedCall intercepted =
        conversation.call(tool.orElse(UNNAMEABLE), arguments.orElseGet(Arguments::none));
    return verdict(call, arguments, decided(intercepted, proposal));
  }

  private Outcome decided(InterceptedCall call, Proposal proposal) {
    boolean signed =
        conversation.target().config().tools().tokens() == TokenAttachment.ATTACHED
            && call.upstream().filter(UnreachedTools::isReserved).isEmpty();
    return signed ? enforcement.releaseSigned(call, proposal) : enforcement.release(call, proposal);
  }

  private Verdict verdict(ProposedCall call, Optional<Arguments> arguments, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Noted noted -> released(call, arguments, noted.decisionId(), Optional.empty());
      case Outcome.Issued issued ->
          released(call, arguments, issued.decisionId(), Optional.of(issued.call().token()));
      case Outcome.Refused refused ->
          withheld(
              refused.decisionId(),
              refused.denial().reason().name(),
              refused.denial().message().orElse("the policy does not permit it"));
      case Outcome.AwaitingApproval waiting ->
          withheld(
              waiting.decisionId(),
              "APPROVAL_REQUIRED",
              waiting.demand().message().orElse("a person has to approve exactly this call first")
                  + waiting.approval().map(id -> " (approval " + id.value() + ")").orElse(""));
      case Outcome.Answered _, Outcome.InputRequired _, Outcome.Erred _, Outcome.Unanswered _ ->
          throw new IllegalStateException("nothing was sent for " + outcome.decisionId());
    };
  }

  private Verdict released(
      ProposedCall call, Optional<Arguments> arguments, String decision, Optional<String> token) {
    released.add(new ReleasedCall(call.id(), call.name(), arguments.orElseThrow()));
    return new Verdict.Released(decision, token);
  }

  private Verdict withheld(String decision, String reason, String message) {
    withheld++;
    return new Verdict.Withheld(
        decision, "A tool call was withheld by policy (" + reason + "): " + message);
  }

  /// No arguments at all are `{}`, as some models write them; a custom tool's text is the argument
  /// `input`.
  ///
  /// @return empty if not every reader would read the same
  private Optional<Arguments> arguments(ProposedCall call) {
    if (!isUnicode(call.arguments())) {
      return Optional.empty();
    }
    return switch (call.kind()) {
      case CUSTOM ->
          Optional.of(
              Arguments.of(new JsonObject(Map.of("input", new JsonString(call.arguments())))));
      case FUNCTION -> call.arguments().isBlank() ? Optional.of(Arguments.none()) : parsed(call);
    };
  }

  /// Half a character would be decided as another one than the client gets.
  private static boolean isUnicode(String text) {
    return text.codePoints().noneMatch(point -> point >= 0xD800 && point <= 0xDFFF);
  }

  private Optional<Arguments> parsed(ProposedCall call) {
    try {
      return Optional.of(
          Arguments.of(
              StrictJson.parseObject(call.arguments().getBytes(StandardCharsets.UTF_8), limits)));
    } catch (MalformedJsonException _) {
      return Optional.empty();
    }
  }

  /// What the client has got so far: a view, for the thread that decides.
  List<ReleasedCall> released() {
    return Collections.unmodifiableList(released);
  }

  /// How many calls the client does not get.
  int withheld() {
    return withheld;
  }
}
