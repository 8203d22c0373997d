package dev.interceptor.server.guard;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// Where in a text that grows a detector reads on after something: an assignment, a URL, the space
/// before `is`, an option with a password, the frame of a private key.
final class Signs {
  /// A detector that has read less after a sign has found nothing because of it.
  private static final int SHORTEST_READ = 4;

  private final List<Sign> open = new ArrayList<>();
  private final List<ClosedSign> closed = new ArrayList<>();
  private int lastTelling = -1;

  /// @param ordinal of its first character, as detectors read the text
  /// @param start place of that character
  private record Sign(int ordinal, int start) {}

  /// @param start place of the sign
  /// @param end what is found because of it ends here or before
  private record ClosedSign(int start, int end) {}

  /// Takes in the signs that end with the last character.
  ///
  /// @param ordinal of that character
  void note(char c, TextTail tail, PlainText text, int ordinal) {
    switch (c) {
      case ':', '>' -> add(1, text, ordinal);
      case '=' -> {
        add(1, text, ordinal);
        option("=", tail, text, ordinal);
      }
      case ' ' -> {
        if (SecretNames.mayBeSpoken(tail.last(2), tail.last(1))) {
          add(1, text, ordinal);
        }
        if (tail.last(1) == 'N' && tail.endsWith("-----BEGIN ")) {
          add(11, text, ordinal);
        }
        option(" ", tail, text, ordinal);
      }
      default -> {}
    }
  }

  private void option(String end, TextTail tail, PlainText text, int ordinal) {
    if (tail.last(1) == 'u' && tail.last(2) == '-') {
      add(3, text, ordinal);
    } else if (tail.last(1) == 'r' && tail.endsWith("--user" + end)) {
      add(7, text, ordinal);
    }
  }

  private void add(int length, PlainText text, int ordinal) {
    open.add(new Sign(ordinal - length + 1, text.originalStart(text.length() - length)));
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /// Where the first sign stands that a detector still reads after.
  ///
  /// @param forgotten how many characters stood before `text`
  /// @param end the place after the text
  int firstOpen(PlainText text, int forgotten, int end) {
    SecretScan scan = new SecretScan(text, new Findings(text));
    int first = end;
    for (Iterator<Sign> all = open.iterator(); all.hasNext(); ) {
      Sign sign = all.next();
      int index = sign.ordinal() - forgotten;
      int read = scan.readAfter(index);
      if (read >= text.length()) {
        first = Math.min(first, sign.start());
        continue;
      }
      all.remove();
      if (read > index + SHORTEST_READ) {
        closed.add(new ClosedSign(sign.start(), text.originalStart(read)));
        lastTelling = Math.max(lastTelling, sign.start());
      }
    }
    return first;
  }

  /// The place, or that of a sign before it because of which something may be found that ends after
  /// it.
  int before(int place) {
    int before = place;
    for (Sign sign : open) {
      before = Math.min(before, sign.start());
    }
    for (ClosedSign sign : closed.reversed()) {
      before = sign.start() < before && sign.end() > before ? sign.start() : before;
    }
    return before;
  }

  /// The place of the last sign that something may have been found because of, negative if none.
  int lastTelling() {
    return lastTelling;
  }

  /// What stands before a place is settled.
  void settle(int place) {
    open.removeIf(sign -> sign.start() < place);
    closed.removeIf(sign -> sign.start() < place);
  }

  void clear() {
    open.clear();
    closed.clear();
  }
}
