package dev.interceptor.core.policy;

/// What the table of static rules says about a tool.
public enum StaticVerdict {
  ALLOW,
  DENY,
  /// A person has to approve every call.
  REQUIRE_APPROVAL,
  /// No name or glob covers the tool, which denies.
  UNLISTED
}
