package dev.interceptor.server.audit;

import static dev.interceptor.core.tlog.TileHashes.WIDTH;
import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;
import static dev.interceptor.migrations.tables.Tables.AUDIT_TILES;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/// The full tiles of the log's tree, as in C2SP tlog-tiles: 256 hashes each. What they are made of
/// may go; they stay.
final class JooqAuditTiles {
  private JooqAuditTiles() {}

  /// Writes the tiles that the leaves at `first` and behind it make full.
  ///
  /// @param leaves just appended, in the same transaction
  static void complete(DSLContext transaction, long first, List<Sha256> leaves) {
    long size = first + leaves.size();
    for (long tile = first / WIDTH; tile < size / WIDTH; tile++) {
      long start = tile * WIDTH;
      var hashes = new ArrayList<Sha256>(WIDTH);
      if (start < first) {
        hashes.addAll(leaves(transaction, start, first));
      }
      hashes.addAll(
          leaves.subList((int) (Math.max(start, first) - first), (int) (start + WIDTH - first)));
      write(transaction, 0, tile, hashes);
    }
  }

  /// Leaf hashes from `from` to before `to`, of rows that are there and have one.
  static List<Sha256> leaves(DSLContext dsl, long from, long to) {
    return dsl
        .select(AUDIT_LOG.LEAF_HASH)
        .from(AUDIT_LOG)
        .where(AUDIT_LOG.IDX.ge(from).and(AUDIT_LOG.IDX.lt(to)))
        .orderBy(AUDIT_LOG.IDX)
        .fetch(row -> JooqAuditRows.hash(row.value1()))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static void write(DSLContext dsl, int level, long tile, List<Sha256> hashes) {
    if (hashes.size() != WIDTH) {
      throw InterceptorException.of(
          ErrorCode.AUDIT_UNAVAILABLE, "rows of the audit log are missing: run audit verify");
    }
    Frontier whole = Frontier.EMPTY;
    for (Sha256 hash : hashes) {
      whole = whole.append(hash);
    }
    var bytes = new byte[WIDTH * hashes.getFirst().bytes().length];
    for (int i = 0; i < WIDTH; i++) {
      byte[] hash = hashes.get(i).bytes();
      System.arraycopy(hash, 0, bytes, i * hash.length, hash.length);
    }
    dsl.insertInto(AUDIT_TILES)
        .set(AUDIT_TILES.TILE_LEVEL, level)
        .set(AUDIT_TILES.TILE_INDEX, tile)
        .set(AUDIT_TILES.HASHES, bytes)
        .set(AUDIT_TILES.ROOT, whole.root().bytes())
        .execute();
    if ((tile + 1) % WIDTH == 0) {
      write(dsl, level + 1, tile / WIDTH, roots(dsl, level, tile + 1 - WIDTH, WIDTH));
    }
  }

  /// The roots of tiles of one level, from the one at `from` on; fewer where some are missing.
  static List<Sha256> roots(DSLContext dsl, int level, long from, int count) {
    return dsl.select(AUDIT_TILES.ROOT)
        .from(AUDIT_TILES)
        .where(
            AUDIT_TILES.TILE_LEVEL.eq(level),
            AUDIT_TILES.TILE_INDEX.ge(from),
            AUDIT_TILES.TILE_INDEX.lt(from + count))
        .orderBy(AUDIT_TILES.TILE_INDEX)
        .fetch(row -> Sha256.ofBytes(row.value1()));
  }
}
