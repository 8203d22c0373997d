package dev.interceptor.server.cli;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.Explanation;
import dev.interceptor.core.decision.LimitReading;
import dev.interceptor.core.decision.suite.AskedCall;
import dev.interceptor.core.decision.suite.DecisionSuite.Wanted;
import dev.interceptor.core.policy.ConditionReading;
import dev.interceptor.core.policy.Limit;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.RuleReading;
import dev.interceptor.core.policy.StaticEntry;
import dev.interceptor.core.policy.StaticVerdict;
import dev.interceptor.core.policy.Truth;
import dev.interceptor.core.session.SessionState;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;

/// How `policy explain` says why.
record ExplainReport(PrintWriter out) {
  /// @param before the session's state before the call
  record Explained(
      PolicySet policy, AskedCall asked, SessionState before, Explanation explanation) {}

  void print(Explained explained) {
    Explanation explanation = explained.explanation();
    out.println(headline(explanation.decision()));
    message(explanation.decision()).ifPresent(text -> out.println("  \"" + text + "\""));
    out.println();
    out.printf(
        "policy        %s (%s)%n",
        explained.policy().name(), explained.policy().digestHex().substring(0, 12));
    out.printf(
        "call          %s, classes %s%n",
        explained.asked().call().tool().qualified(), explanation.classes());
    out.printf(
        "session       carries %s; permitted before: %s%n",
        explained.before().labels(), explained.before().tools());
    out.println();
    statics(explanation);
    if (!explanation.limits().isEmpty()) {
      out.println("limits");
      explanation.limits().forEach(this::print);
    }
    if (!explanation.rules().isEmpty()) {
      out.println("rules");
      explanation.rules().forEach(this::print);
    }
  }

  private static String headline(Decision decision) {
    return switch (decision) {
      case Decision.Permit permit -> "PERMITTED " + SuiteReport.text(Wanted.of(permit));
      case Decision.Deny deny ->
          "DENIED "
              + deny.reason()
              + (deny.determining().isEmpty() ? "" : " by " + deny.determining());
      case Decision.RequireApproval wait ->
          "WAITS FOR A PERSON, asked for by " + wait.determining();
    };
  }

  private static Optional<String> message(Decision decision) {
    return switch (decision) {
      case Decision.Permit _ -> Optional.empty();
      case Decision.Deny deny -> deny.message();
      case Decision.RequireApproval wait -> wait.message();
    };
  }

  private void statics(Explanation explanation) {
    out.println("static rules");
    for (StaticEntry entry : explanation.entries()) {
      boolean against = entry.decides() && entry.verdict() == StaticVerdict.DENY;
      out.printf(
          "  %s %s: %s%s%n",
          against ? "✗" : entry.decides() ? "✓" : "·",
          entry.name(),
          entry.verdict(),
          entry.decides() ? "  (decides)" : "  (another rule decides)");
    }
    switch (explanation.verdict()) {
      case UNLISTED ->
          out.println("  ✗ no rule covers the tool, which denies; nothing else is asked");
      case DENY -> out.println("  denied; nothing else is asked");
      case ALLOW, REQUIRE_APPROVAL -> {}
    }
  }

  private void print(LimitReading reading) {
    Limit limit = reading.limit();
    if (!reading.applies()) {
      out.printf("  · %s: about other calls%n", limit.id());
      return;
    }
    out.printf(
        "  %s %s: %s of %s %s used per %s; this call needs %s%s%n",
        reading.refusal().isPresent() ? "✗" : "✓",
        limit.id(),
        amount(limit, reading.used()),
        amount(limit, limit.max()),
        unit(limit),
        limit.per().name().toLowerCase(Locale.ROOT),
        reading.amount().isPresent()
            ? amount(limit, reading.amount().getAsLong())
            : "what cannot be told: the argument is missing, or no number from 0",
        reading.refusal().map(reason -> " → " + reason).orElse(""));
  }

  static String unit(Limit limit) {
    return switch (limit.measure()) {
      case Limit.Measure.Calls _ -> "calls";
      case Limit.Measure.SumOf sum -> "args." + String.join(".", sum.path());
    };
  }

  static String amount(Limit limit, long units) {
    return switch (limit.measure()) {
      case Limit.Measure.Calls _ -> Long.toString(units);
      case Limit.Measure.SumOf _ ->
          BigDecimal.valueOf(units)
              .divide(BigDecimal.valueOf(Limit.MILLION))
              .stripTrailingZeros()
              .toPlainString();
    };
  }

  private void print(RuleReading rule) {
    out.printf(
        "  %s %s  (%s, %s): %s%n",
        mark(rule), rule.id(), rule.action(), rule.about(), verdict(rule));
    rule.tags().ifPresent(tags -> out.println("      " + tags));
    rule.condition().ifPresent(condition -> print("", condition, 6));
    for (RuleReading.ExceptionReading exception : rule.exceptions()) {
      String reason = exception.reason().map(text -> " \"" + text + "\"").orElse("");
      print("exception" + reason + ": ", exception.when(), 6);
    }
  }

  private static String mark(RuleReading rule) {
    return switch (rule.verdict()) {
      case DENIES, NEEDS_APPROVAL -> "✗";
      case FAULT -> rule.action().startsWith("REMOVE_TAINT") ? "·" : "✗";
      case ADDS_TAG, REMOVES_TAG -> "✓";
      case OTHER_CALLS, TAGS_ABSENT, CONDITION_FALSE, EXEMPTED -> "·";
    };
  }

  private static String verdict(RuleReading rule) {
    return switch (rule.verdict()) {
      case DENIES -> "denies";
      case NEEDS_APPROVAL -> "a person has to approve";
      case FAULT ->
          rule.action().startsWith("REMOVE_TAINT")
              ? "cannot be evaluated, so no tag is removed"
              : "cannot be evaluated, which denies";
      case ADDS_TAG -> "adds its tag";
      case REMOVES_TAG -> "removes its tag";
      case OTHER_CALLS -> "about other calls";
      case TAGS_ABSENT -> "the tags are not there";
      case CONDITION_FALSE -> "its condition is false";
      case EXEMPTED -> "an exception holds";
    };
  }

  private void print(String prefix, ConditionReading reading, int indent) {
    out.printf(
        "%s%s%s: %s%s%n",
        " ".repeat(indent),
        prefix,
        word(reading.truth()),
        reading.text(),
        reading.why().map(why -> "  (" + why + ")").orElse(""));
    reading.parts().forEach(part -> print("", part, indent + 2));
  }

  static String word(Truth truth) {
    return switch (truth) {
      case TRUE -> "true";
      case FALSE -> "false";
      case FAULT -> "fault";
    };
  }
}
