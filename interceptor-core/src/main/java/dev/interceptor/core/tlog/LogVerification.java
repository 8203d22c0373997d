package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Walks along a log once and says what in it is not what was logged. Feed it the rows by ascending
/// `idx`; the memory it takes does not depend on how many they are.
///
/// Each row must have the hash that it records; that hash must be the one of its tile; the tree
/// over the hashes must have the root of every checkpoint and of the head. Where a row and its tile
/// disagree, the next root decides which of them was changed. A change that nothing but a root
/// shows, because whoever made it also recomputed what stands below, is named by the entries since
/// the last root that was right.
///
/// Rows before the place that a retention is told to have kept from may be missing if their tiles
/// are there and the log itself has the entry of that retention.
public final class LogVerification {
  /// How many findings beside the one about rows are kept.
  private static final int MAX_OTHERS = 20;

  private final LogEvidence.Head head;
  private final LogEvidence evidence;
  private final long keptFrom;
  private final Anchors anchors;
  private final TileTrail tiles;
  private final Edge edge = new Edge();
  private final List<Finding> others = new ArrayList<>();
  private Optional<Finding> row = Optional.empty();
  private Optional<Misplaced> misplaced = Optional.empty();
  private Optional<Finding> headRange = Optional.empty();
  private boolean lost;
  private long rows;
  private long next;
  private long signed;
  private long confirmed;
  private long told;
  private OptionalLong firstAbsent = OptionalLong.empty();
  private long lastAbsent = -1;

  /// @param head what the store says the log's head is
  /// @param kept checkpoints that were kept elsewhere and are signed by one of the log's keys
  /// @param evidence what else the store has
  /// @param keys the log's; several if it was changed
  /// @param keptFrom the largest place that an entry of a retention says rows are kept from; 0 if
  ///   there is none
  public LogVerification(
      LogEvidence.Head head,
      List<Checkpoint> kept,
      LogEvidence evidence,
      List<NoteKey> keys,
      long keptFrom) {
    this.head = head;
    this.evidence = evidence;
    this.keptFrom = keptFrom;
    this.anchors = new Anchors(head, kept, evidence, keys, this::other);
    this.tiles = new TileTrail(evidence, head.size(), this::other);
    compareWithAnchors();
  }

  /// A place, the hash that its tile has, and the hash that its row has.
  private record Misplaced(long idx, Sha256 wanted, Sha256 found) {}

  /// @return whether more rows can tell anything
  public boolean accept(LogRow row) {
    if (lost) {
      return false;
    }
    if (row.idx() < next) {
      duplicate(row.idx());
      return true;
    }
    while (next < row.idx() && next < head.size() && !lost) {
      absent(Finding.Kind.REMOVED, "there is no such row");
    }
    if (lost) {
      return false;
    }
    boolean beyond = row.idx() >= head.size();
    if (beyond && (row.idx() > next || anchors.nextSigned().isEmpty())) {
      report(Finding.at(Finding.Kind.INSERTED, row.idx(), "the log's head says it is shorter"));
      lost = true;
      return false;
    }
    present(row);
    return true;
  }

  private void duplicate(long idx) {
    Finding twice = Finding.at(Finding.Kind.INSERTED, idx, "there are two rows of this place");
    if (row.isEmpty() || row.get().first() >= idx) {
      row = Optional.of(twice);
    }
  }

  private void present(LogRow row) {
    long idx = row.idx();
    rows++;
    row.keptFrom().ifPresent(from -> told = Math.max(told, from));
    Optional<Sha256> tile = tiles.hash(idx);
    Optional<Sha256> recorded = row.recorded();
    Sha256 actual = row.actual().or(() -> recorded).or(() -> tile).orElse(TreeHash.emptyRoot());
    Sha256 probable = tile.or(() -> recorded).orElse(actual);
    if (row.actual().isEmpty()) {
      report(Finding.at(Finding.Kind.CHANGED, idx, "the row cannot be read as an entry"));
    } else if (!recorded.equals(row.actual())) {
      report(Finding.at(Finding.Kind.CHANGED, idx, "the entry does not have the hash of the row"));
    } else if (!probable.equals(actual)) {
      differs(idx, probable, actual);
    }
    advance(probable, actual);
  }

  /// A row that agrees with itself, but not with its tile.
  private void differs(long idx, Sha256 wanted, Sha256 found) {
    if (misplaced.isPresent()
        && misplaced.get().found().equals(wanted)
        && misplaced.get().wanted().equals(found)) {
      long first = misplaced.get().idx();
      exchanged(first, idx);
      return;
    }
    if (row.isEmpty()) {
      misplaced = Optional.of(new Misplaced(idx, wanted, found));
    }
    Optional<Long> place = tiles.placeOf(found, idx);
    report(
        place.isPresent()
            ? Finding.at(
                Finding.Kind.REORDERED, idx, "the row is the entry of place " + place.get())
            : Finding.at(
                Finding.Kind.CHANGED, idx, "the entry does not have the hash of its tile"));
  }

  private void exchanged(long first, long second) {
    row =
        row.filter(found -> found.first() < first)
            .or(() ->
                Optional.of(
                    Finding.at(
                        Finding.Kind.REORDERED, first, "the row is the entry of place " + second)));
  }

  /// A place without a row. A tile vouches for it as far as rows may be missing.
  private void absent(Finding.Kind kind, String detail) {
    Optional<Sha256> tile = next < keptFrom ? tiles.hash(next) : Optional.empty();
    if (tile.isEmpty()) {
      report(Finding.at(kind, next, detail));
      lost = true;
      return;
    }
    if (firstAbsent.isEmpty()) {
      firstAbsent = OptionalLong.of(next);
    }
    lastAbsent = next;
    advance(tile.get(), tile.get());
  }

  private void advance(Sha256 probable, Sha256 possible) {
    edge.append(probable, possible);
    next++;
    compareWithAnchors();
  }

  private void compareWithAnchors() {
    Optional<Anchors.Anchor> anchor = anchors.take(next);
    while (anchor.isPresent()) {
      compare(anchor.get());
      anchor = anchors.take(next);
    }
  }

  private void compare(Anchors.Anchor anchor) {
    switch (edge.confirm(anchor.root())) {
      case PROBABLE -> confirmed(anchor);
      case POSSIBLE -> {
        row.filter(found -> found.first() >= confirmed)
            .filter(found -> misplaced.filter(m -> m.idx() == found.first()).isPresent())
            .ifPresent(found -> {
              row = Optional.empty();
              misplaced = Optional.empty();
              other(
                  new Finding(
                      Finding.Kind.TILE,
                      found.first(),
                      found.last(),
                      "the tile does not have the hash of the entry"));
            });
        confirmed(anchor);
      }
      case NEITHER -> denied(anchor);
    }
  }

  private void confirmed(Anchors.Anchor anchor) {
    confirmed = anchor.size();
    if (!anchor.isSigned()) {
      return;
    }
    signed = anchor.size();
    if (headRange.isPresent()) {
      headRange = Optional.empty();
      other(Finding.at(Finding.Kind.HEAD, Math.max(0, next - 1), "the log's head does not agree"));
    }
    if (next > head.size()) {
      other(Finding.at(Finding.Kind.HEAD, head.size(), "the log's head leaves entries out"));
    }
  }

  private void denied(Anchors.Anchor anchor) {
    if (!anchor.isSigned() && signed == next && signed > 0) {
      other(Finding.at(Finding.Kind.HEAD, next - 1, "the log's head does not agree"));
      return;
    }
    if (row.isPresent()) {
      return;
    }
    long from = anchor.isSigned() ? signed : confirmed;
    Optional<ExchangedPair> pair = headRange.isEmpty() ? repaired(from, anchor) : Optional.empty();
    if (pair.isPresent()) {
      exchanged(from + pair.get().first(), from + pair.get().second());
      return;
    }
    Finding range =
        new Finding(
            Finding.Kind.REWRITTEN,
            from,
            Math.max(from, anchor.size() - 1),
            "the rows agree with each other, but not with " + anchor.describe());
    if (!anchor.isSigned()) {
      headRange = headRange.or(() -> Optional.of(range));
      return;
    }
    row = headRange.or(() -> Optional.of(range));
    headRange = Optional.empty();
  }

  private Optional<ExchangedPair> repaired(long from, Anchors.Anchor anchor) {
    return from == confirmed ? edge.repair(anchor.root()) : Optional.empty();
  }

  /// What came out, once all rows were given.
  public LogVerdict finish() {
    if (reached() > Math.max(next, head.size())) {
      confirmed = signed;
    }
    while (!lost && next < Math.max(head.size(), reached())) {
      absent(Finding.Kind.TAIL_CUT, "the log was longer" + unvouched());
    }
    anchors
        .drain()
        .filter(point -> !lost && point.size() > next)
        .ifPresent(point -> report(cut(point.describe())));
    if (!lost && evidence.tile(0, next / TileHashes.WIDTH).isPresent()) {
      report(cut("a tile"));
    }
    firstAbsent.stream()
        .filter(first -> !lost && told <= lastAbsent)
        .forEach(first ->
            report(
                Finding.at(
                    Finding.Kind.REMOVED,
                    first,
                    "no entry says that rows up to here were let go")));
    List<Finding> findings = new ArrayList<>();
    row.ifPresent(findings::add);
    headRange.ifPresent(findings::add);
    findings.sort(Comparator.comparingLong(Finding::first));
    findings.addAll(others);
    return new LogVerdict(next, rows, edge.tree().root(), signed, confirmed, findings);
  }

  private long reached() {
    return anchors.nextSigned().map(Anchors.Anchor::size).orElse(0L);
  }

  private Finding cut(String proof) {
    return Finding.at(
        Finding.Kind.TAIL_CUT, next, proof + " shows that the log was longer" + unvouched());
  }

  private String unvouched() {
    return confirmed == next ? "" : "; nothing vouches for the rows from " + confirmed + " on";
  }

  /// Keeps the finding of the first row.
  private void report(Finding finding) {
    if (row.isEmpty() || finding.first() < row.get().first()) {
      row = Optional.of(finding);
    }
  }

  private void other(Finding finding) {
    if (others.size() < MAX_OTHERS) {
      others.add(finding);
    }
  }
}
