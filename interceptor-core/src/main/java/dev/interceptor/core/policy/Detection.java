package dev.interceptor.core.policy;

/// A kind of text that a result rule looks for, in the order in which findings are reported.
public enum Detection {
  /// Credentials: keys, tokens, passwords, private keys.
  SECRETS,
  /// What identifies or reaches a person: addresses, phone and account numbers, national ids.
  PII,
  /// Text that talks to the model instead of the user. A hint, never proof of its absence.
  INJECTION
}
