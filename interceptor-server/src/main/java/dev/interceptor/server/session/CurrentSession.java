package dev.interceptor.server.session;

import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.session.SessionCodec.Stored;

/// What a read of a session found.
///
/// @param text what is stored now, empty for nothing
/// @param stored what that means: `text` itself, or what the log made of it
record CurrentSession(RedisLink.Live live, String text, Stored stored, Origin origin) {
  /// Of state that no process of Redis vouches for.
  private static final String NO_EPOCH = "";

  private enum Origin {
    STORED,
    REBUILT
  }

  static CurrentSession stored(RedisLink.Live live, String text, Stored stored) {
    return new CurrentSession(live, text, stored, Origin.STORED);
  }

  /// @param text what is stored, but means nothing
  static CurrentSession unknown(RedisLink.Live live, String text) {
    return stored(live, text, new Stored(NO_EPOCH, "", SessionState.NEW));
  }

  SessionState state() {
    return stored.state();
  }

  boolean isOf(String lineage) {
    return stored.lineage().equals(lineage);
  }

  boolean isTrusted() {
    return stored.epoch().equals(live.epoch());
  }

  /// The same state, which nobody will trust who reads it as `text`.
  Stored distrusted() {
    return new Stored(NO_EPOCH, stored.lineage(), stored.state());
  }

  /// What the log made of this; nothing of it is stored yet.
  CurrentSession rebuilt(SessionState state, String lineage) {
    return new CurrentSession(live, text, new Stored(live.epoch(), lineage, state), Origin.REBUILT);
  }

  /// What has to be stored for `after` to be the state; empty if what is stored may stay.
  String textFor(SessionState after) {
    boolean unchanged = after.version() == stored.state().version();
    boolean nothingKnown = after.equals(SessionState.NEW) && text.isEmpty();
    return (unchanged && origin == Origin.STORED) || nothingKnown
        ? ""
        : SessionCodec.encode(new Stored(live.epoch(), stored.lineage(), after));
  }
}
