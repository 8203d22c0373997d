package dev.interceptor.server.approval;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolClass;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// What a person has to know of a call besides what it is bound to.
///
/// @param key asked first
/// @param rules demand the approval, in file order
/// @param message the first rule's `error`
/// @param classes of the tool, under the policy that decided
/// @param labels the session's tags when the call was asked for
/// @param arguments their canonical text
public record ApprovalDemand(
    ApiKeyId key,
    List<RuleId> rules,
    Optional<String> message,
    SortedSet<ToolClass> classes,
    SortedSet<Label> labels,
    ShownArguments arguments) {
  public ApprovalDemand {
    rules = List.copyOf(rules);
  }
}
