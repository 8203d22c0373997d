package dev.interceptor.server.guard;

/// Redacts one text that comes in pieces.
///
/// *Guarantees*: what `push` and `finish` have given, joined, is the redaction of all that was
/// pushed, joined, whatever the pieces; what cannot become part of a finding any more is given at
/// once. *Does not*: split a character's two halves.
public interface TextStream {
  /// @return what may leave now, often less than `piece`, and may be empty
  String push(String piece);

  /// The text is complete: gives the rest.
  String finish();

  /// Whether anything was replaced so far.
  boolean isChanged();

  /// Gives everything as it comes.
  static TextStream unchanged() {
    return new TextStream() {
      @Override
      public String push(String piece) {
        return piece;
      }

      @Override
      public String finish() {
        return "";
      }

      @Override
      public boolean isChanged() {
        return false;
      }
    };
  }
}
