package dev.interceptor.core.json;

/// The text is not JSON, or not JSON that every parser reads alike.
///
/// The message says what was found where (byte offset, from 0) and never repeats the text itself.
public final class MalformedJsonException extends Exception {
  private final int offset;

  MalformedJsonException(String problem, int offset) {
    super(problem + " at byte " + offset, null, false, false);
    this.offset = offset;
  }

  /// Where the fault was noticed, in bytes from the start of the text.
  public int offset() {
    return offset;
  }
}
