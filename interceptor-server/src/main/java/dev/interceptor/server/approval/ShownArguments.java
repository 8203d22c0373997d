package dev.interceptor.server.approval;

import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.server.guard.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What an approver can see of a call's arguments.
///
/// @param text the canonical JSON, byte for byte what the digest is of; empty if it is longer than
///   [#LONGEST], and once the approval has come to an end
/// @param bytes its length in UTF-8
public record ShownArguments(Optional<String> text, int bytes) {
  /// The longest text that is kept, in bytes of UTF-8.
  public static final int LONGEST = 64 * 1024;

  public static ShownArguments of(Arguments arguments) {
    return of(arguments.canonical());
  }

  /// What is shown of a call: its arguments, and what it goes on with.
  public static ShownArguments of(ToolCall call) {
    return of(call.steering());
  }

  private static ShownArguments of(byte[] canonical) {
    return new ShownArguments(
        canonical.length > LONGEST
            ? Optional.empty()
            : Optional.of(new String(canonical, StandardCharsets.UTF_8)),
        canonical.length);
  }

  /// The text with every character that a reader would not see as itself written as a JSON escape:
  /// invisible and direction-changing ones, odd spaces, lone surrogates. It is the same JSON.
  public Optional<String> visibly() {
    return text.map(VisibleText::of);
  }
}
