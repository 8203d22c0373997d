package dev.interceptor.server.approval;

import java.time.Duration;
import java.util.regex.Pattern;

/// What a person says about a request.
public sealed interface Ruling {
  /// Who says it, for the record: 1 to 128 characters of one line.
  String by();

  /// @param validFor from now; 1 second to [ApprovalTerms#LONGEST]
  record Approve(String by, Duration validFor, Unseen unseen) implements Ruling {
    /// @throws IllegalArgumentException saying what to write instead
    public Approve {
      requireName(by);
      if (validFor.compareTo(Duration.ofSeconds(1)) < 0
          || validFor.compareTo(ApprovalTerms.LONGEST) > 0) {
        throw new IllegalArgumentException("an approval is valid for 1s to 24h");
      }
    }
  }

  /// @param reason for the record, may be empty
  record Deny(String by, String reason) implements Ruling {
    /// @throws IllegalArgumentException saying what to write instead
    public Deny {
      requireName(by);
      if (!Syntax.REASON.matcher(reason).matches()) {
        throw new IllegalArgumentException("a reason is at most 500 characters of one line");
      }
    }
  }

  /// Whether a call may be approved whose arguments were too long to be kept.
  enum Unseen {
    REFUSE,
    ACCEPT
  }

  private static void requireName(String by) {
    if (!Syntax.NAME.matcher(by).matches()) {
      throw new IllegalArgumentException("who decides is named by 1 to 128 characters of one line");
    }
  }

  /// How names and reasons are written: no control or invisible characters.
  final class Syntax {
    private static final Pattern NAME = Pattern.compile("[^\\p{C}\\p{Zl}\\p{Zp}]{1,128}");
    private static final Pattern REASON = Pattern.compile("[^\\p{C}\\p{Zl}\\p{Zp}]{0,500}");

    private Syntax() {}
  }
}
