package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// The caller's side of a call that is under way: what its client can be asked, what it wants to
/// hear before the answer, and whether it still waits.
///
/// Its methods may be called from any thread.
public interface Caller {
  /// Can be asked nothing, hears nothing, waits until the answer is there.
  Caller SILENT =
      new Caller() {
        @Override
        public ObjectNode capabilities() {
          return JsonNodeFactory.instance.objectNode();
        }

        @Override
        public boolean wantsProgress() {
          return false;
        }

        @Override
        public Optional<String> logLevel() {
          return Optional.empty();
        }

        @Override
        public void hears(Notice notice) {
          // Nobody listens.
        }

        @Override
        public Registration onLeave(Runnable abort) {
          return () -> {};
        }
      };

  /// The capabilities that the client declared, in MCP's form; a copy.
  ObjectNode capabilities();

  boolean wantsProgress();

  /// The least level of log messages that the client wants; empty for none.
  Optional<String> logLevel();

  /// The trace that the call is part of.
  default Optional<TraceContext> trace() {
    return Optional.empty();
  }

  /// Takes a notice about the call; one that cannot be passed on is dropped.
  void hears(Notice notice);

  /// Calls `abort` once when the caller gives the call up, at once if it has already.
  Registration onLeave(Runnable abort);

  /// Ends with `close`, after which `abort` is not called any more.
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
