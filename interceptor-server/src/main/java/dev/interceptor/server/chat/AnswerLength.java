package dev.interceptor.server.chat;

/// How long one answer is: its texts and calls, over all choices.
final class AnswerLength {
  /// Longest answer, in chars.
  static final int MOST = 16 * 1024 * 1024;

  private int length;

  /// @param chars that came, at most an event's
  /// @throws ModelProtocolException if that is too much
  void add(int chars) throws ModelProtocolException {
    length += chars;
    if (length > MOST) {
      throw new ModelProtocolException("an answer of more than " + MOST + " characters");
    }
  }
}
