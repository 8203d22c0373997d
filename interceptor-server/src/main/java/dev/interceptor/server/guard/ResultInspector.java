package dev.interceptor.server.guard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.core.policy.ResultAction;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Applies result rules to what a tool returned.
///
/// *Guarantees*: every text of the result, also keys, error results and text in base64, is looked
/// at; what cannot be looked at counts as everything that is looked for. *Does not*: change the
/// result it is given, or look for what no rule asks for.
public final class ResultInspector {
  private final Detectors detectors;

  ResultInspector(Detectors detectors) {
    this.detectors = detectors;
  }

  public static ResultInspector standard() {
    return new ResultInspector(Detectors.standard());
  }

  /// @param rules those about the tool, in file order
  public Inspection inspect(ObjectNode result, List<ResultRule> rules) {
    if (rules.isEmpty()) {
      return Inspection.untouched(result);
    }
    Set<Detection> wanted = EnumSet.noneOf(Detection.class);
    Set<Detection> redacted = EnumSet.noneOf(Detection.class);
    for (ResultRule rule : rules) {
      wanted.addAll(rule.detections());
      if (rule.action() instanceof ResultAction.Redact) {
        redacted.addAll(rule.detections());
      }
    }
    ResultScan scan = new ResultScan(detectors, wanted, redacted);
    ObjectNode copy = wanted.isEmpty() ? result : scan.scanned(result);
    return verdict(rules, scan.found(), redacted.isEmpty() ? result : copy);
  }

  /// What the rules make of a result that nobody will see here: whatever they look for may be in
  /// it.
  public static Inspection unseen(List<ResultRule> rules) {
    return rules.isEmpty()
        ? Inspection.NOTHING
        : verdict(
            rules.stream().filter(rule -> rule.action() instanceof ResultAction.AddTaint).toList(),
            EnumSet.allOf(Detection.class),
            ResultScan.nothing());
  }

  private static Inspection verdict(List<ResultRule> rules, Set<Detection> found, ObjectNode seen) {
    List<RuleId> determining = new ArrayList<>();
    SortedSet<Label> labels = new TreeSet<>();
    Optional<ResultRule> block = Optional.empty();
    for (ResultRule rule : rules) {
      if (!rule.holds(found)) {
        continue;
      }
      determining.add(rule.id());
      switch (rule.action()) {
        case ResultAction.AddTaint add -> labels.add(add.tag());
        case ResultAction.Redact _ -> {}
        case ResultAction.Block _ -> block = block.or(() -> Optional.of(rule));
      }
    }
    Inspection.Delivery delivery =
        block.isPresent()
            ? new Inspection.Delivery.Withheld(block.get().error())
            : new Inspection.Delivery.Given(seen);
    return new Inspection(delivery, labels, determining);
  }
}
