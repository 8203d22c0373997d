package dev.interceptor.core.tool;

import dev.interceptor.core.json.Sha256;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/// One call as it was asked for: nothing has been decided about it yet.
public record ToolCall(ToolRef tool, Arguments arguments, Optional<Continuation> continuation) {
  /// A call that goes on with no other.
  public ToolCall(ToolRef tool, Arguments arguments) {
    this(tool, arguments, Optional.empty());
  }

  /// Canonical JSON of all that steers the call: the arguments, or for a call that goes on with
  /// another one an array of the arguments and an object of what it carries. Arguments are never an
  /// array, so no call looks like another.
  public byte[] steering() {
    return continuation
        .map(carried -> joined(arguments.canonical(), carried.canonical()))
        .orElseGet(arguments::canonical);
  }

  /// Digest of [#steering].
  public Sha256 digest() {
    return continuation.isPresent() ? Sha256.of(steering()) : arguments.digest();
  }

  private static byte[] joined(byte[] arguments, byte[] continuation) {
    ByteArrayOutputStream joined =
        new ByteArrayOutputStream(arguments.length + continuation.length + 3);
    joined.write('[');
    joined.writeBytes(arguments);
    joined.write(',');
    joined.writeBytes(continuation);
    joined.write(']');
    return joined.toByteArray();
  }
}
