package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Replaces what was found; all else stays as it is, char for char.
public final class Redaction {
  private Redaction() {}

  /// What stands in the place of a finding.
  public static String placeholder(Detection kind) {
    return switch (kind) {
      case SECRETS -> "[SECRET_DETECTED]";
      case PII -> "[PII_REDACTED]";
      case INJECTION -> "[INJECTION_REMOVED]";
    };
  }

  /// What stands in the place of a text that cannot be looked at: the placeholder of the first kind
  /// in the order of `Detection`.
  ///
  /// @param kinds what it may hold; at least one
  static String placeholder(Set<Detection> kinds) {
    return placeholder(Collections.min(kinds));
  }

  /// Findings that overlap become one placeholder, that of the first kind in the order of
  /// `Detection`.
  ///
  /// @param findings in the order of the text
  public static String redacted(String text, List<Finding> findings) {
    if (findings.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    int i = 0;
    while (i < findings.size()) {
      Finding first = findings.get(i);
      Detection kind = first.kind();
      int end = first.end();
      i++;
      while (i < findings.size() && findings.get(i).start() < end) {
        end = Math.max(end, findings.get(i).end());
        kind = kind.compareTo(findings.get(i).kind()) <= 0 ? kind : findings.get(i).kind();
        i++;
      }
      out.append(text, copied, first.start()).append(placeholder(kind));
      copied = end;
    }
    return out.append(text, copied, text.length()).toString();
  }
}
