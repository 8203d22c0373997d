package dev.interceptor.server.enforcement;

/// How a tool call that a model makes stands before the policy is asked.
public enum Proposal {
  /// The request offered the tool, and the arguments can be read.
  OFFERED,
  /// The request did not offer the tool.
  NOT_OFFERED,
  /// The arguments are no JSON object that every reader takes the same way.
  UNREADABLE
}
