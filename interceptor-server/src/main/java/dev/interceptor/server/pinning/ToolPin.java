package dev.interceptor.server.pinning;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.upstream.Pinning;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What is known of one tool's definition, without its texts.
///
/// @param pinned what is trusted; empty if nothing was yet
/// @param seen the last definition that differed from it, also if the server went back
/// @param listed what the server listed last
public record ToolPin(ToolRef tool, Optional<Pinned> pinned, Optional<Seen> seen, Listed listed) {
  private static final Duration BETWEEN_RECORDS = Duration.ofMinutes(1);

  /// @param by who approved it; empty for what was pinned at first sight
  public record Pinned(Sha256 digest, Instant at, Optional<String> by) {}

  /// @param first when this one was first listed
  /// @param last when it was last listed, to the minute
  public record Seen(Sha256 digest, Instant first, Instant last) {}

  /// @param digest empty if the server no longer lists the tool
  /// @param since when it began to say so
  public record Listed(Optional<Sha256> digest, Instant since) {}

  /// How a tool stands, judged by what its server listed last.
  public enum State {
    /// Listed as it is trusted.
    PINNED,
    /// Listed otherwise, and blocked.
    CHANGED,
    /// Blocked until an operator approves it.
    AWAITING,
    /// No longer listed.
    GONE
  }

  public State state(Pinning how) {
    if (listed.digest().isEmpty()) {
      return State.GONE;
    }
    return switch (judge(listed.digest().get(), how)) {
      case Definition.Pinned _ -> State.PINNED;
      case Definition.Changed _ -> State.CHANGED;
      case Definition.Awaiting _,
          Definition.Unlisted _,
          Definition.ProtocolMethod _,
          Definition.Unreached _,
          Definition.NotOffered _,
          Definition.Unreadable _ ->
          State.AWAITING;
    };
  }

  /// @param now digest of what the server lists now
  Definition judge(Sha256 now, Pinning how) {
    Optional<Pinned> trusted =
        switch (how) {
          case FIRST_SIGHT -> pinned;
          case OPERATOR -> pinned.filter(pin -> pin.by().isPresent());
        };
    if (trusted.isEmpty()) {
      return new Definition.Awaiting(now);
    }
    Sha256 digest = trusted.get().digest();
    return digest.equals(now) ? new Definition.Pinned(digest) : new Definition.Changed(digest, now);
  }

  /// Whether this is not on record: what the server lists now, empty if it does not list the tool.
  boolean isNews(Optional<Sha256> now, Instant at) {
    return !listed.digest().equals(now) || now.filter(digest -> isUnseen(digest, at)).isPresent();
  }

  /// Whether the definition is not the pinned one and was not recorded as seen within a minute.
  boolean isUnseen(Sha256 digest, Instant at) {
    return pinned.filter(pin -> pin.digest().equals(digest)).isEmpty()
        && seen.filter(other -> other.digest().equals(digest))
            .filter(other -> at.isBefore(other.last().plus(BETWEEN_RECORDS)))
            .isEmpty();
  }
}
