package dev.interceptor.core.tlog;

/// Something in a log that is not what was logged.
///
/// @param first the first entry that it concerns
/// @param last the last one; more than `first` where what is left of the log does not tell which of
///   them it is
/// @param detail what disagrees with what; one line without values of any row
public record Finding(Kind kind, long first, long last, String detail) {
  /// What happened to the log.
  public enum Kind {
    /// The entry is another one than was logged, or cannot be read.
    CHANGED,
    /// There is no such row, and nothing that says it was let go.
    REMOVED,
    /// There is a row too much.
    INSERTED,
    /// The row holds an entry that was logged at another place.
    REORDERED,
    /// The log ends before a place that it had reached.
    TAIL_CUT,
    /// The rows agree with each other, but not with what was signed or counted.
    REWRITTEN,
    /// The rows are vouched for, the head is another one.
    HEAD,
    /// A tile disagrees with rows that are vouched for, or is not there.
    TILE,
    /// A stored checkpoint is not one that the log's key signed.
    CHECKPOINT,
    /// An index of the rows says something else than they do.
    INDEX
  }

  static Finding at(Kind kind, long row, String detail) {
    return new Finding(kind, row, row, detail);
  }
}
