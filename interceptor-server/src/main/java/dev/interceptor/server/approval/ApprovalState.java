package dev.interceptor.server.approval;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How far an approval has come. The first three are open, the others are ends.
public enum ApprovalState {
  /// Nobody has said anything yet.
  PENDING,
  /// A person said yes; no call has used it.
  APPROVED,
  /// A call is being decided with it, or its process died on the way. It becomes APPROVED again
  /// only if that call says that it did not use it.
  CLAIMED,
  USED,
  DENIED,
  EXPIRED;

  static final List<ApprovalState> OPEN = List.of(PENDING, APPROVED, CLAIMED);

  /// The name in the database, on the wire and on the command line: lower case.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ApprovalState ofWord(String word) {
    return Arrays.stream(values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no state of an approval"));
  }
}
