package dev.interceptor.server.chat;

import dev.interceptor.server.guard.TextStream;

/// One text of a streamed answer: what came, what of it may be seen, and how much of that has been
/// sent.
final class AnswerText {
  private final TextStream redaction;
  private final StringBuilder seen = new StringBuilder();
  private int came;
  private int sent;
  private boolean finished;

  AnswerText(TextStream redaction) {
    this.redaction = redaction;
  }

  /// @return whether the piece may be seen as it is and nothing is held back
  boolean push(String piece) throws ModelProtocolException {
    if (finished) {
      throw new ModelProtocolException("a text went on after its end");
    }
    boolean inStep = came == seen.length();
    came += piece.length();
    seen.append(redaction.push(piece));
    return inStep && came == seen.length() && !redaction.isChanged();
  }

  /// The text is complete. Repeating it does nothing.
  void finish() {
    if (!finished) {
      finished = true;
      seen.append(redaction.finish());
    }
  }

  /// The text came whole, unless it came in pieces before: then those are the text. Does not count
  /// as sent piece by piece.
  ///
  /// @return everything that may be seen
  String complete(String whole) {
    if (!finished && came == 0 && !whole.isEmpty()) {
      came = whole.length();
      seen.append(redaction.push(whole));
      finish();
      sent = seen.length();
    }
    return seen.toString();
  }

  boolean isChanged() {
    return redaction.isChanged();
  }

  /// How many characters came so far.
  int came() {
    return came;
  }

  /// How many characters may be seen so far.
  int visible() {
    return seen.length();
  }

  /// What may be seen and is not sent yet; counts as sent from now on.
  String rest() {
    String rest = seen.substring(sent);
    sent = seen.length();
    return rest;
  }

  void sentUpTo(int end) {
    sent = end;
  }
}
