package dev.interceptor.server.chat;

import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.guard.PromptGuard;
import dev.interceptor.server.guard.PromptRedaction;
import dev.interceptor.server.targets.ModelsConfig;
import dev.interceptor.server.targets.ModelsConfig.AnswerTreatment;
import dev.interceptor.server.targets.ModelsConfig.PromptTreatment;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a configuration of models has looked for in requests and answers.
record ConfiguredGuards(
    ModelsConfig config,
    PromptGuard prompt,
    PromptRedaction prompts,
    AnswerRedaction answers,
    Optional<BodyKeeper> bodies) {
  /// @param secrets found wherever they stand, besides the providers' keys
  static ConfiguredGuards of(ModelsConfig config, PromptGuard prompt, List<String> secrets) {
    Detectors detectors =
        Detectors.knowing(Stream.concat(secrets.stream(), config.insecureKeys().stream()).toList());
    ModelsConfig.Guards guards = config.guards();
    Set<Detection> kinds = EnumSet.noneOf(Detection.class);
    if (guards.answers().secrets() == AnswerTreatment.REDACT) {
      kinds.add(Detection.SECRETS);
    }
    if (guards.answers().pii() == AnswerTreatment.REDACT) {
      kinds.add(Detection.PII);
    }
    boolean inArguments = guards.answers().arguments() == AnswerTreatment.REDACT;
    return new ConfiguredGuards(
        config,
        prompt,
        new PromptRedaction(
            detectors, handling(guards.prompts().secrets()), handling(guards.prompts().pii())),
        new AnswerRedaction(detectors, kinds, inArguments ? kinds : Set.of()),
        config.log().bodies() == ModelsConfig.Bodies.REDACTED
            ? Optional.of(new BodyKeeper(detectors, config.log().maxBytes()))
            : Optional.empty());
  }

  private static PromptRedaction.Handling handling(PromptTreatment treatment) {
    return switch (treatment) {
      case BLOCK -> PromptRedaction.Handling.BLOCK;
      case REDACT -> PromptRedaction.Handling.REDACT;
      case ALLOW -> PromptRedaction.Handling.ALLOW;
    };
  }
}
