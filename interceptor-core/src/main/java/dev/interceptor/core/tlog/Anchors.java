package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What the root had to be at certain sizes, by size: signed checkpoints, those of the store and
/// those that were kept elsewhere, and the head, whose subtrees give the roots of some prefixes.
///
/// A stored checkpoint that the log's key did not sign is reported and anchors nothing.
final class Anchors {
  private final LogEvidence evidence;
  private final List<NoteKey> keys;
  private final Consumer<Finding> findings;
  private final Deque<Anchor> given;
  private long storedUpTo = -1;
  private Optional<Anchor> stored = Optional.empty();

  Anchors(
      LogEvidence.Head head,
      List<Checkpoint> kept,
      LogEvidence evidence,
      List<NoteKey> keys,
      Consumer<Finding> findings) {
    this.evidence = evidence;
    this.keys = List.copyOf(keys);
    this.findings = findings;
    var anchors = new ArrayList<Anchor>();
    kept.forEach(point -> anchors.add(new Anchor(point.size(), point.root(), Source.KEPT)));
    anchors.addAll(ofHead(head));
    anchors.sort(Comparator.comparingLong(Anchor::size).thenComparing(Anchor::source));
    this.given = new ArrayDeque<>(anchors);
    readStored();
  }

  /// Who says so, the strongest first.
  enum Source {
    KEPT,
    STORED,
    HEAD
  }

  record Anchor(long size, Sha256 root, Source source) {
    boolean isSigned() {
      return source != Source.HEAD;
    }

    String describe() {
      return switch (source) {
        case KEPT -> "the checkpoint of size " + size + " that was kept elsewhere";
        case STORED -> "the signed checkpoint of size " + size;
        case HEAD -> "the log's head";
      };
    }
  }

  private List<Anchor> ofHead(LogEvidence.Head head) {
    if (head.frontier().isEmpty()) {
      findings.accept(Finding.at(Finding.Kind.HEAD, 0, "the log's head cannot be read"));
      return List.of();
    }
    byte[] frontier = head.frontier().get().toBytes();
    List<Anchor> anchors = new ArrayList<>();
    long prefix = 0;
    for (int subtrees = 1; prefix < head.size(); subtrees++) {
      prefix += Long.highestOneBit(head.size() - prefix);
      byte[] left = Arrays.copyOf(frontier, subtrees * TreeHash.LENGTH);
      anchors.add(new Anchor(prefix, Frontier.of(prefix, left).root(), Source.HEAD));
    }
    return anchors;
  }

  /// Steps to the next stored checkpoint that is one.
  private void readStored() {
    stored = Optional.empty();
    while (stored.isEmpty()) {
      Optional<LogEvidence.StoredCheckpoint> next = evidence.checkpointAbove(storedUpTo);
      if (next.isEmpty()) {
        return;
      }
      long size = next.get().size();
      storedUpTo = size;
      stored =
          Checkpoint.open(next.get().note().getBytes(StandardCharsets.UTF_8), keys)
              .filter(point -> point.size() == size)
              .map(point -> new Anchor(size, point.root(), Source.STORED));
      if (stored.isEmpty()) {
        findings.accept(
            Finding.at(
                Finding.Kind.CHECKPOINT,
                Math.max(0, size - 1),
                "the stored checkpoint of size " + size + " is not signed by the log's key"));
      }
    }
  }

  /// Takes the next anchor of this size; sizes are asked for in ascending order.
  Optional<Anchor> take(long size) {
    if (!given.isEmpty() && given.getFirst().size() == size && given.getFirst().isSigned()) {
      return Optional.of(given.removeFirst());
    }
    if (stored.isPresent() && stored.get().size() == size) {
      Optional<Anchor> taken = stored;
      readStored();
      return taken;
    }
    if (!given.isEmpty() && given.getFirst().size() == size) {
      return Optional.of(given.removeFirst());
    }
    return Optional.empty();
  }

  /// The next signed anchor that was not taken.
  Optional<Anchor> nextSigned() {
    Optional<Anchor> kept = given.stream().filter(Anchor::isSigned).findFirst();
    if (kept.isPresent() && stored.isPresent()) {
      return kept.get().size() <= stored.get().size() ? kept : stored;
    }
    return kept.isPresent() ? kept : stored;
  }

  /// Takes all that is left, and returns the signed anchor of the largest size.
  Optional<Anchor> drain() {
    Optional<Anchor> largest = given.stream().filter(Anchor::isSigned).reduce((a, b) -> b);
    given.clear();
    while (stored.isPresent()) {
      if (largest.isEmpty() || stored.get().size() > largest.get().size()) {
        largest = stored;
      }
      readStored();
    }
    return largest;
  }
}
