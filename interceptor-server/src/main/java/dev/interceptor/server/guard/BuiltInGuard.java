package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The prompt guard that needs no model: the detector of injected instructions, as strict as the
/// sensitivity says.
final class BuiltInGuard implements PromptGuard {
  private static final Set<Detection> INJECTION = EnumSet.of(Detection.INJECTION);

  private final Sensitivity sensitivity;
  private final Map<Sensitivity, Detectors> levels = new EnumMap<>(Sensitivity.class);

  BuiltInGuard(Sensitivity sensitivity) {
    this.sensitivity = sensitivity;
    for (Sensitivity level : Sensitivity.values()) {
      levels.put(level, new Detectors(Map.of(Detection.INJECTION, new InjectionDetector(level))));
    }
  }

  @Override
  public PromptVerdict judge(List<? extends PromptText> texts) {
    for (Passages.Passage passage : Passages.of(texts)) {
      if (isInjection(passage)) {
        return new PromptVerdict.Flagged("injection", passage.role());
      }
    }
    return PromptVerdict.CLEAR;
  }

  private boolean isInjection(Passages.Passage passage) {
    Detectors detectors = levels.get(sensitivity.towards(passage.role()));
    if (detectors == null) {
      throw new IllegalStateException("every level has its detector");
    }
    try {
      return !detectors.find(passage.text(), INJECTION).isEmpty();
    } catch (BudgetExceededException e) {
      throw InterceptorException.of(
          ErrorCode.PAYLOAD_TOO_LARGE, "a prompt is too long for its guard: " + e.getMessage());
    }
  }
}
