package dev.interceptor.server.chat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Withholds the tools that it is told to; releases all others, each with a token if asked to.
final class ScriptedGate implements CallGate {
  private final Set<String> withheld;
  private final boolean tokens;
  final List<ProposedCall> asked = new ArrayList<>();

  private ScriptedGate(Set<String> withheld, boolean tokens) {
    this.withheld = new HashSet<>(withheld);
    this.tokens = tokens;
  }

  static ScriptedGate withholding(String... tools) {
    return new ScriptedGate(Set.of(tools), false);
  }

  static ScriptedGate givingTokens(String... withheld) {
    return new ScriptedGate(Set.of(withheld), true);
  }

  @Override
  public Verdict decide(ProposedCall call) {
    asked.add(call);
    String decision = "decision-" + asked.size();
    return withheld.contains(call.name())
        ? new Verdict.Withheld(decision, "Call " + asked.size() + " was not permitted.")
        : new Verdict.Released(
            decision, tokens ? Optional.of("token of " + call.id()) : Optional.empty());
  }
}
