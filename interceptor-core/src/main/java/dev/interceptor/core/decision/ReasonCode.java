package dev.interceptor.core.decision;

/// Why a call was denied: stable words for clients, tests and logs.
public enum ReasonCode {
  /// No static rule names the tool.
  TOOL_NOT_LISTED,
  /// A static rule denies the tool.
  TOOL_DENIED,
  /// The session carries a tag that closes this tool.
  TAINTED,
  /// A BLOCK rule holds for this call.
  RULE_BLOCKED,
  /// The calls of this session and this one make a blocked sequence.
  SEQUENCE_BLOCKED,
  /// The call would use up more than a limit leaves.
  LIMIT_EXCEEDED,
  /// A person has to approve this call first.
  APPROVAL_REQUIRED,
  /// A result rule withholds what the tool returned; or the caller would get it without us.
  RESULT_BLOCKED,
  /// The tool's definition is not the approved one, or none was approved yet.
  TOOL_CHANGED,
  /// The tool server does not list the tool.
  TOOL_UNKNOWN,
  /// The arguments cannot be read as the tool takes them.
  ARGUMENTS_INVALID,
  /// A denying rule could not be evaluated, which denies.
  EVALUATION_FAULT
}
