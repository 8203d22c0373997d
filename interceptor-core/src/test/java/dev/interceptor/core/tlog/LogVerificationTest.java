package dev.interceptor.core.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.SigningKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogVerificationTest {
  private static final Sha256 FORGED = Trees.leaf("forged");

  private static void assertFinds(LogVerdict verdict, Finding.Kind kind, long first) {
    Finding finding = verdict.first().orElseThrow();
    assertThat(finding.kind()).as(finding.toString()).isEqualTo(kind);
    assertThat(finding.first()).as(finding.toString()).isEqualTo(first);
  }

  private static void assertFinds(LogVerdict verdict, Finding.Kind kind, long first, long last) {
    assertFinds(verdict, kind, first);
    assertThat(verdict.first().orElseThrow().last()).isEqualTo(last);
  }

  private static LogRow changed(LogRow row) {
    return new LogRow(row.idx(), row.recorded(), Optional.of(FORGED), OptionalLong.empty());
  }

  @Test
  void aCleanLogOfAnySizeIsClean() {
    for (int size = 0; size <= 300; size++) {
      for (int every : new int[] {50, 1000}) {
        StoredLog log = StoredLog.of(size, every);
        LogVerdict verdict = log.verify(log.checkpoint(size / 2), log.checkpoint(size));
        assertThat(verdict.findings()).as("size " + size).isEmpty();
        assertThat(verdict.entries()).isEqualTo(size);
        assertThat(verdict.rows()).isEqualTo(size);
        assertThat(verdict.signed()).isEqualTo(size);
        assertThat(verdict.root()).isEqualTo(Trees.root(log.leaves()));
      }
    }
  }

  @Test
  void aCleanLogWithATileOfTilesIsClean() {
    for (int size : new int[] {511, 512, 513, 65_535, 65_536, 65_537, 66_000}) {
      assertThat(StoredLog.of(size, 30_000).verify().findings()).as("size " + size).isEmpty();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aCarelessChangeIsNamedByItsFirstRow(int seed) {
    var random = new Random(seed);
    int size = 2 + random.nextInt(600);
    int at = random.nextInt(size);
    int place = random.nextInt(8);
    StoredLog log = StoredLog.of(size, 10 + random.nextInt(100));
    switch (place) {
      case 0 -> {
        log.rows.set(at, changed(log.rows.get(at)));
        assertFinds(log.verify(), Finding.Kind.CHANGED, at);
      }
      case 1 -> {
        LogRow row = log.rows.get(at);
        log.rows.set(at, new LogRow(at, Optional.of(FORGED), row.actual(), OptionalLong.empty()));
        assertFinds(log.verify(), Finding.Kind.CHANGED, at);
      }
      case 2 -> {
        LogRow row = log.rows.get(at);
        log.rows.set(at, new LogRow(at, row.recorded(), Optional.empty(), OptionalLong.empty()));
        assertFinds(log.verify(), Finding.Kind.CHANGED, at);
      }
      case 3 -> {
        log.rows.remove(at);
        assertFinds(
            log.verify(), at == size - 1 ? Finding.Kind.TAIL_CUT : Finding.Kind.REMOVED, at);
      }
      case 4 -> {
        log.rows.subList(at, size).clear();
        assertFinds(log.verify(), Finding.Kind.TAIL_CUT, at);
      }
      case 5 -> {
        log.rows.add(StoredLog.row(at, random.nextBoolean() ? FORGED : log.leaves().get(at)));
        assertFinds(log.verify(), Finding.Kind.INSERTED, at);
      }
      case 6 -> {
        log.rows.add(StoredLog.row(size + (long) random.nextInt(3), FORGED));
        assertThat(log.verify().first().orElseThrow().kind()).isEqualTo(Finding.Kind.INSERTED);
      }
      default -> {
        int other = (at + 1 + random.nextInt(size - 1)) % size;
        exchange(log, at, other);
        Finding finding = log.verify().first().orElseThrow();
        assertThat(finding.first()).isLessThanOrEqualTo(Math.min(at, other));
        assertThat(finding.last()).isGreaterThanOrEqualTo(Math.min(at, other));
        if (size % TileHashes.WIDTH == 0 || Math.min(at, other) < size - size % TileHashes.WIDTH) {
          assertThat(finding.last()).isEqualTo(finding.first());
        }
      }
    }
  }

  private static void exchange(StoredLog log, int one, int other) {
    List<Sha256> leaves = log.leaves();
    log.rows.set(one, StoredLog.row(one, leaves.get(other)));
    log.rows.set(other, StoredLog.row(other, leaves.get(one)));
  }

  static IntStream seeds() {
    return IntStream.range(0, 250);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aCarefulChangeIsNamedByTheEntriesSinceTheLastRightRoot(int seed) {
    var random = new Random(seed);
    int size = 2 + random.nextInt(600);
    int at = random.nextInt(size);
    int every = 10 + random.nextInt(100);
    StoredLog log = StoredLog.of(size, every);
    Checkpoint kept = log.checkpoint(size);
    switch (random.nextInt(4)) {
      case 0 -> log.rows.set(at, StoredLog.row(at, FORGED));
      case 1 -> renumbered(log, () -> log.rows.remove(at));
      case 2 -> renumbered(log, () -> log.rows.add(at, StoredLog.row(at, FORGED)));
      default -> exchange(log, at, (at + 1) % size);
    }
    int first = firstDifference(log.leaves(), Trees.leaves(size));
    switch (random.nextInt(3)) {
      case 0 -> log.settleTiles();
      case 1 -> log.settleHead();
      default -> log.settle();
    }
    LogVerdict verdict = log.verify(kept);
    Finding finding = verdict.first().orElseThrow();
    if (finding.kind() == Finding.Kind.TAIL_CUT) {
      assertThat(verdict.vouched()).as(finding.toString()).isLessThanOrEqualTo(first);
      return;
    }
    assertThat(finding.first()).as(finding.toString()).isLessThanOrEqualTo(first);
    assertThat(finding.last()).as(finding.toString()).isGreaterThanOrEqualTo(first);
    assertThat(finding.last() - finding.first())
        .as(finding.toString())
        .isLessThanOrEqualTo(Math.max(every, TileHashes.WIDTH));
  }

  private static int firstDifference(List<Sha256> found, List<Sha256> wanted) {
    return IntStream.range(0, Math.min(found.size(), wanted.size()))
        .filter(i -> !found.get(i).equals(wanted.get(i)))
        .findFirst()
        .orElse(Math.min(found.size(), wanted.size()));
  }

  private static void renumbered(StoredLog log, Runnable change) {
    change.run();
    List<Sha256> leaves = log.leaves();
    log.rows.clear();
    leaves.forEach(leaf -> log.rows.add(StoredLog.row(log.rows.size(), leaf)));
  }

  @Test
  void aRowWhoseHashWasRecomputedIsNamedByItsTile() {
    StoredLog log = StoredLog.of(600, 1000);
    log.rows.set(300, StoredLog.row(300, FORGED));
    assertFinds(log.verify(), Finding.Kind.CHANGED, 300, 300);
  }

  @Test
  void aRowWhoseHashWasRecomputedPastTheTilesIsNamedByItsSubtree() {
    StoredLog log = StoredLog.of(600, 1000);
    log.rows.set(590, StoredLog.row(590, FORGED));
    assertFinds(log.verify(), Finding.Kind.REWRITTEN, 576, 591);
  }

  @Test
  void aRewrittenHistoryIsNamedByTheCheckpointsAroundIt() {
    StoredLog log = StoredLog.of(600, 100);
    log.rows.set(320, StoredLog.row(320, FORGED));
    log.settle();
    assertFinds(log.verify(), Finding.Kind.REWRITTEN, 300, 399);
  }

  @Test
  void aRewrittenHistoryWithoutStoredCheckpointsIsExposedByOneKeptElsewhere() {
    StoredLog log = StoredLog.of(600, 1000);
    Checkpoint kept = log.checkpoint(400);
    log.rows.set(320, StoredLog.row(320, FORGED));
    log.settle();
    assertThat(log.verify().isClean()).isTrue();
    assertFinds(log.verify(kept), Finding.Kind.REWRITTEN, 0, 399);
  }

  @Test
  void aTailThatWasCutEverywhereIsExposedByACheckpointKeptElsewhere() {
    StoredLog log = StoredLog.of(600, 100);
    Checkpoint kept = log.checkpoint(600);
    log.rows.subList(550, 600).clear();
    log.checkpoints.remove(600L);
    log.settle();
    assertThat(log.verify().isClean()).isTrue();
    assertFinds(log.verify(kept), Finding.Kind.TAIL_CUT, 550);
  }

  @Test
  void aTailThatWasCutWithItsHeadIsExposedByWhatWasForgotten() {
    StoredLog byTile = StoredLog.of(600, 1000);
    byTile.rows.subList(500, 600).clear();
    byTile.settleHead();
    assertFinds(byTile.verify(), Finding.Kind.TAIL_CUT, 500);
    StoredLog byCheckpoint = StoredLog.of(600, 590);
    byCheckpoint.rows.subList(580, 600).clear();
    byCheckpoint.settle();
    assertFinds(byCheckpoint.verify(), Finding.Kind.TAIL_CUT, 580);
  }

  @Test
  void aChangedTileIsTold() {
    StoredLog log = StoredLog.of(600, 100);
    Tile tile = log.tile(0, 1).orElseThrow();
    List<Sha256> hashes = new ArrayList<>(tile.hashes());
    hashes.set(40, FORGED);
    log.tiles.put("0/1", new Tile(hashes, tile.root()));
    assertThat(log.verify().findings())
        .isNotEmpty()
        .allMatch(finding -> finding.kind() == Finding.Kind.TILE);
    log.tiles.put("0/1", new Tile(tile.hashes(), Optional.of(FORGED)));
    assertFinds(log.verify(), Finding.Kind.TILE, 256, 511);
    log.tiles.remove("0/1");
    assertFinds(log.verify(), Finding.Kind.TILE, 256, 511);
    log.tiles.put("0/1", Tile.of(new byte[3], new byte[0]));
    assertFinds(log.verify(), Finding.Kind.TILE, 256, 511);
  }

  @Test
  void aChangedTileOfTilesIsTold() {
    StoredLog log = StoredLog.of(65_600, 100_000);
    Tile tile = log.tile(1, 0).orElseThrow();
    log.tiles.put("1/0", new Tile(tile.hashes(), Optional.of(FORGED)));
    assertFinds(log.verify(), Finding.Kind.TILE, 0, 65_535);
    log.tiles.remove("1/0");
    assertFinds(log.verify(), Finding.Kind.TILE, 0, 65_535);
  }

  @Test
  void aChangedHeadIsToldApartFromChangedRows() {
    StoredLog log = StoredLog.of(600, 100);
    byte[] frontier = log.head.frontier().orElseThrow().toBytes();
    frontier[0] ^= 1;
    log.head = LogEvidence.Head.of(600, frontier);
    assertThat(log.verify().findings())
        .isNotEmpty()
        .allMatch(finding -> finding.kind() == Finding.Kind.HEAD);
    log.head = LogEvidence.Head.of(600, new byte[7]);
    assertThat(log.verify().findings())
        .isNotEmpty()
        .allMatch(finding -> finding.kind() == Finding.Kind.HEAD);
    log.head = LogEvidence.Head.of(-1, new byte[0]);
    assertThat(log.verify().isClean()).isFalse();
  }

  @Test
  void aHeadThatLeavesSignedEntriesOutIsTold() {
    StoredLog log = StoredLog.of(600, 100);
    Frontier shorter = Trees.frontier(log.leaves().subList(0, 590));
    log.head = LogEvidence.Head.of(590, shorter.toBytes());
    assertFinds(log.verify(), Finding.Kind.HEAD, 590);
  }

  @Test
  void aStoredCheckpointOfAnotherKeyIsTold() {
    StoredLog log = StoredLog.of(600, 100);
    var thief =
        new NoteSigner(
            "example.com/log",
            SigningKey.ofSeed(
                new byte[] {
                  9, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3,
                  4, 5, 6, 7, 8
                }));
    log.rows.set(20, StoredLog.row(20, FORGED));
    log.settle();
    log.checkpoints.replaceAll((size, note) -> log.checkpoint(size.intValue()).signedBy(thief));
    LogVerdict verdict = log.verify();
    assertFinds(verdict, Finding.Kind.CHECKPOINT, 99);
    assertThat(verdict.findings()).hasSize(6);
    assertThat(verdict.signed()).isZero();
  }

  @Test
  void aCheckpointMovedToAnotherSizeIsTold() {
    StoredLog log = StoredLog.of(600, 100);
    log.checkpoints.put(150L, log.checkpoint(100).signedBy(StoredLog.SIGNER));
    assertFinds(log.verify(), Finding.Kind.CHECKPOINT, 149);
    log.checkpoints.remove(150L);
    log.checkpoints.put(9_000L, "no note");
    assertFinds(log.verify(), Finding.Kind.CHECKPOINT, 8_999);
  }

  @Test
  void rowsLetGoAreVouchedForByTheirTilesAndTheEntryOfTheirRetention() {
    StoredLog log = StoredLog.of(600, 100);
    log.rows.set(
        550,
        new LogRow(
            550, log.rows.get(550).recorded(), log.rows.get(550).actual(), OptionalLong.of(300)));
    log.rows.removeIf(row -> row.idx() < 300 && row.idx() != 280);
    LogVerdict verdict = log.verify(300);
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.rows()).isEqualTo(301);
    assertThat(verdict.entries()).isEqualTo(600);
    assertFinds(log.verify(0), Finding.Kind.REMOVED, 0);
    log.rows.removeIf(row -> row.idx() == 300);
    assertFinds(log.verify(300), Finding.Kind.REMOVED, 300);
  }

  @Test
  void rowsAreNotLetGoBecauseAColumnSaysSo() {
    StoredLog log = StoredLog.of(600, 100);
    log.rows.removeIf(row -> row.idx() < 300);
    assertFinds(log.verify(300), Finding.Kind.REMOVED, 0);
  }

  @Test
  void rowsLetGoWithoutATileAreMissing() {
    StoredLog log = StoredLog.of(600, 100);
    log.rows.removeIf(row -> row.idx() < 300);
    log.tiles.remove("0/0");
    assertThat(log.verify(300).findings())
        .anyMatch(finding -> finding.kind() == Finding.Kind.REMOVED && finding.first() == 0);
  }

  @Test
  void aLogWithoutRowsIsCut() {
    StoredLog log = StoredLog.of(600, 100);
    log.rows.clear();
    assertFinds(log.verify(), Finding.Kind.TAIL_CUT, 0);
    log.head = LogEvidence.Head.of(0, new byte[0]);
    log.tiles.clear();
    assertFinds(log.verify(), Finding.Kind.TAIL_CUT, 0);
    log.checkpoints.clear();
    assertThat(log.verify().isClean()).isTrue();
  }

  @Test
  void exchangedRowsOfDifferentTilesAreToldApartFromChangedOnes() {
    StoredLog log = StoredLog.of(600, 100);
    exchange(log, 10, 400);
    assertFinds(log.verify(), Finding.Kind.REORDERED, 10);
  }
}
