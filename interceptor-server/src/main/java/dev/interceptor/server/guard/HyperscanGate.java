package dev.interceptor.server.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A gate that Hyperscan keeps. Thread-safe: every scan has a scratch space of its own, taken from
/// a pool that grows to the number of scans that run at the same time.
///
/// Hyperscan sees one byte for each character; characters beyond ASCII are one that no pattern
/// names.
final class HyperscanGate implements RuleGate {
  private static final Logger LOG = LoggerFactory.getLogger(HyperscanGate.class);
  private static final int BLOCK_MODE = 1;
  private static final int SINGLE_MATCH = 8;
  private static final int SUCCESS = 0;
  private static final byte BEYOND = (byte) 0x80;

  /// Longest text whose buffer is kept for the next one.
  private static final int KEPT = 64 * 1024;

  private final Hyperscan library;
  private final MemorySegment database;
  private final ConcurrentLinkedQueue<Space> pool = new ConcurrentLinkedQueue<>();

  private HyperscanGate(Hyperscan library, MemorySegment database) {
    this.library = library;
    this.database = database;
  }

  /// What one scan needs; never freed, because it goes back to the pool.
  private record Space(MemorySegment scratch, MemorySegment buffer) {}

  /// Absent where the library is, where it does not compile the patterns, or where it does not find
  /// `witness`, a text that opens the gate.
  static Optional<RuleGate> of(List<String> patterns, String witness) {
    return Hyperscan.library().flatMap(library -> compiled(library, patterns, witness));
  }

  private static Optional<RuleGate> compiled(
      Hyperscan library, List<String> patterns, String witness) {
    try {
      HyperscanGate gate = new HyperscanGate(library, compile(library, patterns));
      boolean works = gate.opens(PlainText.of(witness)) && !gate.opens(PlainText.of("plain words"));
      if (works) {
        return Optional.of(gate);
      }
      LOG.warn("hyperscan fails its self-test, texts are searched without it");
    } catch (IllegalStateException e) {
      LOG.warn("hyperscan is not used, texts are searched without it: {}", e.getMessage());
    }
    return Optional.empty();
  }

  private static MemorySegment compile(Hyperscan library, List<String> patterns) {
    try (Arena arena = Arena.ofConfined()) {
      int count = patterns.size();
      MemorySegment expressions = arena.allocate(ADDRESS, count);
      MemorySegment flags = arena.allocate(JAVA_INT, count);
      for (int i = 0; i < count; i++) {
        expressions.setAtIndex(ADDRESS, i, arena.allocateFrom(patterns.get(i)));
        flags.setAtIndex(JAVA_INT, i, SINGLE_MATCH);
      }
      MemorySegment database = arena.allocate(ADDRESS);
      MemorySegment error = arena.allocate(ADDRESS);
      int code =
          (int)
              library
                  .compile()
                  .invokeExact(
                      expressions,
                      flags,
                      MemorySegment.NULL,
                      count,
                      BLOCK_MODE,
                      MemorySegment.NULL,
                      database,
                      error);
      require(code, "compile");
      return database.get(ADDRESS, 0);
    } catch (Throwable e) {
      throw failure("compile", e);
    }
  }

  private static void require(int code, String what) {
    if (code != SUCCESS) {
      throw new IllegalStateException(what + " answers " + code);
    }
  }

  private static IllegalStateException failure(String what, Throwable e) {
    return e instanceof IllegalStateException known ? known : new IllegalStateException(what, e);
  }

  @Override
  public boolean opens(PlainText text) {
    int length = text.length();
    if (length > KEPT) {
      try (Arena arena = Arena.ofConfined()) {
        Space space = take();
        boolean opens = scan(space.scratch(), arena.allocate(length), text);
        pool.add(space);
        return opens;
      }
    }
    Space space = take();
    boolean opens = scan(space.scratch(), space.buffer(), text);
    pool.add(space);
    return opens;
  }

  private Space take() {
    Space free = pool.poll();
    return free != null ? free : new Space(scratch(), Arena.global().allocate(KEPT));
  }

  private MemorySegment scratch() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(ADDRESS);
      require((int) library.allocate().invokeExact(database, scratch), "scratch");
      return scratch.get(ADDRESS, 0);
    } catch (Throwable e) {
      throw failure("scratch", e);
    }
  }

  private boolean scan(MemorySegment scratch, MemorySegment buffer, PlainText text) {
    int length = text.length();
    char[] chars = text.chars();
    for (int i = 0; i < length; i++) {
      char c = chars[i];
      buffer.set(JAVA_BYTE, i, c < 0x80 ? (byte) c : BEYOND);
    }
    try {
      int code =
          (int)
              library
                  .scan()
                  .invokeExact(
                      database, buffer, length, 0, scratch, library.stop(), MemorySegment.NULL);
      if (code != Hyperscan.TERMINATED) {
        require(code, "scan");
      }
      return code == Hyperscan.TERMINATED;
    } catch (Throwable e) {
      throw failure("scan", e);
    }
  }
}
