package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.SigningKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// A log as a store keeps it, open to all that may be done to it there.
final class StoredLog implements LogEvidence {
  static final NoteSigner SIGNER =
      new NoteSigner("example.com/log", SigningKey.ofSeed(new byte[32]));

  final List<LogRow> rows = new ArrayList<>();
  final Map<Long, String> checkpoints = new TreeMap<>();
  final Map<String, Tile> tiles = new TreeMap<>();
  Head head = Head.of(0, new byte[0]);

  /// A log of so many entries with a checkpoint after every `every` of them.
  static StoredLog of(int size, int every) {
    var log = new StoredLog();
    Trees.leaves(size).forEach(leaf -> log.rows.add(row(log.rows.size(), leaf)));
    log.settle();
    Frontier edge = Frontier.EMPTY;
    for (Sha256 leaf : log.leaves()) {
      edge = edge.append(leaf);
      if (edge.size() % every == 0) {
        log.checkpoints.put(edge.size(), Checkpoint.of("example.com/log", edge).signedBy(SIGNER));
      }
    }
    return log;
  }

  static LogRow row(long idx, Sha256 leaf) {
    return new LogRow(idx, Optional.of(leaf), Optional.of(leaf), OptionalLong.empty());
  }

  List<Sha256> leaves() {
    return rows.stream().map(row -> row.recorded().orElseThrow()).toList();
  }

  Checkpoint checkpoint(int size) {
    return Checkpoint.of("example.com/log", Trees.frontier(leaves().subList(0, size)));
  }

  /// Writes tiles and head that fit the rows.
  void settle() {
    settleTiles();
    settleHead();
  }

  void settleTiles() {
    tiles.clear();
    List<Sha256> level = leaves();
    for (int height = 0; level.size() >= TileHashes.WIDTH; height++) {
      List<Sha256> above = new ArrayList<>();
      for (int n = 0; (n + 1) * TileHashes.WIDTH <= level.size(); n++) {
        List<Sha256> hashes = level.subList(n * TileHashes.WIDTH, (n + 1) * TileHashes.WIDTH);
        above.add(Trees.root(hashes));
        tiles.put(height + "/" + n, new Tile(hashes, Optional.of(above.getLast())));
      }
      level = above;
    }
  }

  void settleHead() {
    Frontier edge = Trees.frontier(leaves());
    head = Head.of(edge.size(), edge.toBytes());
  }

  @Override
  public Optional<Tile> tile(int level, long n) {
    return Optional.ofNullable(tiles.get(level + "/" + n));
  }

  @Override
  public Optional<StoredCheckpoint> checkpointAbove(long size) {
    return checkpoints.entrySet().stream()
        .filter(entry -> entry.getKey() > size)
        .findFirst()
        .map(entry -> new StoredCheckpoint(entry.getKey(), entry.getValue()));
  }

  LogVerdict verify(Checkpoint... kept) {
    return verify(0, kept);
  }

  LogVerdict verify(long keptFrom, Checkpoint... kept) {
    var walk = new LogVerification(head, List.of(kept), this, List.of(SIGNER.verifier()), keptFrom);
    rows.stream()
        .sorted(Comparator.comparingLong(LogRow::idx))
        .takeWhile(walk::accept)
        .forEach(row -> {});
    return walk.finish();
  }
}
