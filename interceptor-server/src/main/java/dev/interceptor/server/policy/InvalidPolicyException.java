package dev.interceptor.server.policy;

import java.util.List;

/// A policy cannot be used. The message holds every problem, one a line.
public final class InvalidPolicyException extends RuntimeException {
  InvalidPolicyException(List<String> problems) {
    super("the policy cannot be used:\n  " + String.join("\n  ", problems));
  }
}
