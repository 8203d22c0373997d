package dev.interceptor.server.pinning;

import dev.interceptor.core.json.Sha256;

/// What is to be thought of the definition that a server lists for a tool now.
public sealed interface Definition {
  /// It is the trusted one.
  record Pinned(Sha256 digest) implements Definition {}

  /// It differs from the trusted one: nobody calls the tool before an operator has approved it.
  record Changed(Sha256 pinned, Sha256 seen) implements Definition {}

  /// Only an operator can make it trusted, and none has.
  record Awaiting(Sha256 seen) implements Definition {}

  /// The server does not list the tool, or not in a form that can be pinned.
  record Unlisted() implements Definition {}

  /// The name of a method of the protocol, which has no definition.
  record ProtocolMethod() implements Definition {}

  /// The tool runs where the interceptor sends nothing; whoever runs it describes it.
  record Unreached() implements Definition {}

  /// A model calls a tool that its request does not offer.
  record NotOffered() implements Definition {}

  /// A model calls a tool with arguments that two readers could read differently.
  record Unreadable() implements Definition {}
}
