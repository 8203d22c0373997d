package dev.interceptor.server.guard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;

/// Finds every occurrence of many ASCII literals in one pass, whatever their case (Aho-Corasick, as
/// a table). Immutable.
final class KeywordAutomaton {
  /// Told of every occurrence.
  interface Occurrences {
    void at(int keyword, int end);
  }

  private static final int[] NONE = {};

  private final byte[] classes = new byte[128];
  private final int width;

  /// The row of the state after each character class; states at which a keyword ends come last.
  private final int[] next;

  private final int firstEnding;
  private final int[][] ending;

  /// @param keywords in lower case; told as their index
  KeywordAutomaton(List<String> keywords) {
    this.width = classify(keywords);
    Trie trie = new Trie(width);
    for (int k = 0; k < keywords.size(); k++) {
      int state = 0;
      for (char c : keywords.get(k).toCharArray()) {
        state = trie.child(state, classes[c]);
      }
      trie.endAt(state, k);
    }
    int[] order = trie.linked();
    int states = order.length;
    List<Integer> sorted = new ArrayList<>(IntStream.range(0, states).boxed().toList());
    sorted.sort((a, b) -> Boolean.compare(trie.ends(a), trie.ends(b)));
    int[] renamed = new int[states];
    for (int i = 0; i < states; i++) {
      renamed[sorted.get(i)] = i;
    }
    this.next = new int[states * width];
    this.ending = new int[states][];
    int plain = 0;
    for (int state = 0; state < states; state++) {
      int row = renamed[state] * width;
      for (int c = 0; c < width; c++) {
        next[row + c] = renamed[trie.next(state, c)] * width;
      }
      ending[renamed[state]] = trie.ending(state);
      plain += trie.ends(state) ? 0 : 1;
    }
    this.firstEnding = plain * width;
  }

  /// Gives every character of a keyword a class, the same for both cases; all others have class 0.
  private int classify(Collection<String> keywords) {
    byte count = 1;
    for (char c : String.join("", keywords).toCharArray()) {
      if (classes[c] == 0) {
        classes[c] = count;
        if (c >= 'a' && c <= 'z') {
          classes[c & ~0x20] = count;
        }
        count++;
      }
    }
    return count;
  }

  void scan(PlainText text, Occurrences occurrences) {
    char[] chars = text.chars();
    int length = text.length();
    int row = 0;
    for (int i = 0; i < length; i++) {
      char c = chars[i];
      row = next[row + (c < 128 ? classes[c] : 0)];
      if (row >= firstEnding) {
        for (int keyword : ending[row / width]) {
          occurrences.at(keyword, i + 1);
        }
      }
    }
  }

  /// The automaton while it is built.
  private static final class Trie {
    private final int width;
    private int[] next;
    private int[][] ending = new int[64][];
    private int size = 1;

    Trie(int width) {
      this.width = width;
      this.next = new int[64 * width];
      Arrays.fill(ending, NONE);
    }

    int child(int state, int c) {
      int slot = state * width + c;
      if (next[slot] == 0) {
        if (size == ending.length) {
          next = Arrays.copyOf(next, next.length * 2);
          ending = Arrays.copyOf(ending, size * 2);
          Arrays.fill(ending, size, size * 2, NONE);
        }
        next[slot] = size++;
      }
      return next[slot];
    }

    void endAt(int state, int... keywords) {
      int[] known = ending[state];
      int[] all = Arrays.copyOf(known, known.length + keywords.length);
      System.arraycopy(keywords, 0, all, known.length, keywords.length);
      ending[state] = all;
    }

    /// Completes the transitions by those of the longest suffix.
    ///
    /// @return the states, each after its suffix
    int[] linked() {
      int[] suffix = new int[size];
      int[] order = new int[size];
      int reached = 1;
      Queue<Integer> queue = new ArrayDeque<>(List.of(0));
      while (!queue.isEmpty()) {
        int state = queue.remove();
        for (int c = 0; c < width; c++) {
          int child = next[state * width + c];
          int other = state == 0 ? 0 : next[suffix[state] * width + c];
          if (child == 0) {
            next[state * width + c] = other;
          } else {
            suffix[child] = other;
            endAt(child, ending[other]);
            order[reached++] = child;
            queue.add(child);
          }
        }
      }
      return order;
    }

    int next(int state, int c) {
      return next[state * width + c];
    }

    boolean ends(int state) {
      return ending[state].length > 0;
    }

    int[] ending(int state) {
      return ending[state];
    }
  }
}
