package dev.interceptor.server.enforcement;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.enforcement.Asked.Delivery;
import dev.interceptor.server.pinning.Definition;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import dev.interceptor.server.upstream.UnreachedTools;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// Finds what has to be known of a call before it is decided: the policy, the server, how the tool
/// is defined there.
record CallLookup(
    PolicyStore policies,
    ToolServers upstreams,
    PinnedTools pins,
    Discretion discretion,
    Supplier<String> decisionIds,
    InstantSource clock) {
  /// A call of a tool that an upstream has.
  Asked call(InterceptedCall intercepted, Delivery delivery) {
    return asked(intercepted, upstreams.find(intercepted.upstream()), Proposal.OFFERED, delivery);
  }

  /// A call in a conversation, which alone has tools of clients and providers.
  Asked proposed(InterceptedCall intercepted, Proposal proposal, Delivery delivery) {
    return asked(intercepted, conversational(intercepted), proposal, delivery);
  }

  /// The rules about what a tool in a conversation returns.
  List<ResultRule> resultRules(InterceptedCall intercepted) {
    var tool = new ToolRef(conversational(intercepted).name(), intercepted.tool());
    return policies.load(intercepted.principal()).plan(tool).resultRules();
  }

  private ToolServer conversational(InterceptedCall intercepted) {
    return intercepted
        .upstream()
        .flatMap(UnreachedTools::of)
        .orElseGet(() -> upstreams.find(intercepted.upstream()));
  }

  private Asked asked(
      InterceptedCall intercepted, ToolServer server, Proposal proposal, Delivery delivery) {
    PolicySet policy = policies.load(intercepted.principal());
    var tool = new ToolRef(server.name(), intercepted.tool());
    var asked =
        new Asked(
            intercepted,
            server,
            SessionKey.of(intercepted.principal(), intercepted.session()),
            new ToolCall(tool, intercepted.arguments(), intercepted.continuation()),
            delivery,
            policy,
            definition(proposal, server, tool, policy),
            decisionIds.get(),
            clock.instant());
    requireNoCredential(asked);
    return asked;
  }

  private Definition definition(
      Proposal proposal, ToolServer server, ToolRef tool, PolicySet policy) {
    return switch (proposal) {
      case UNREADABLE -> new Definition.Unreadable();
      case NOT_OFFERED -> new Definition.NotOffered();
      case OFFERED ->
          policy.mayEverPermit(tool)
              ? pins.verdict(server, tool.name())
              : new Definition.Unlisted();
    };
  }

  /// What the client chose itself and is kept as it is. A listed tool's name is its server's.
  private void requireNoCredential(Asked asked) {
    asked
        .intercepted()
        .session()
        .ifPresent(id -> discretion.requireNoCredential("session id", id.value()));
    if (!asked.isNamedByItsServer()) {
      discretion.requireNoCredential("tool name", asked.intercepted().tool().value());
    }
  }
}
