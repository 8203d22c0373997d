package dev.interceptor.server.targets;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.targets.Model.PoolMember;
import dev.interceptor.server.targets.ModelsConfig.Strictness;
import java.util.List;

/// A model that was asked for, by the configuration that was in force at that moment.
///
/// @param asked as the client wrote it; what answers say in `model`
/// @param model what stands for it
/// @param config the whole that it is part of
public record Target(String asked, Model model, ModelsConfig config) {
  /// Whether one of its providers takes such requests.
  public boolean speaks(Dialect dialect) {
    return !members(dialect).isEmpty();
  }

  List<PoolMember> members(Dialect dialect) {
    return dialect.isOllama()
        ? model.pool().stream()
            .filter(member -> member.provider().kind() == Provider.Kind.OLLAMA)
            .toList()
        : model.pool();
  }

  Trust trust(PoolMember member) {
    return config.strictness() == Strictness.LENIENT ? Trust.FULL : member.trust();
  }

  /// What a request of `principal` shares its bounds with.
  List<Scope> scopes(Principal principal) {
    return List.of(
        new Scope(Scope.Kind.KEY, principal.key().value(), config.limitsOf(principal.key())),
        new Scope(Scope.Kind.MODEL, model.alias(), model.limits()));
  }
}
