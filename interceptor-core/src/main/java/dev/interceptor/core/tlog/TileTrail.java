package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The tiles beside a walk along the rows: what hash a place had, and whether tiles fit each other.
/// Holds one tile of each level.
final class TileTrail {
  private final LogEvidence evidence;
  private final long size;
  private final Consumer<Finding> findings;
  private final List<List<Sha256>> roots = new ArrayList<>();
  private List<Sha256> tile = List.of();

  /// @param size how many entries the log has
  TileTrail(LogEvidence evidence, long size, Consumer<Finding> findings) {
    this.evidence = evidence;
    this.size = size;
    this.findings = findings;
  }

  /// The hash that the tiles have at this place; called once for each place in order.
  Optional<Sha256> hash(long idx) {
    int place = (int) (idx % TileHashes.WIDTH);
    if (place == 0) {
      tile = read(idx / TileHashes.WIDTH);
    }
    return tile.isEmpty() ? Optional.empty() : Optional.of(tile.get(place));
  }

  /// Where in the current tile a hash stands.
  Optional<Long> placeOf(Sha256 hash, long idx) {
    int place = tile.indexOf(hash);
    return place < 0 ? Optional.empty() : Optional.of(idx - idx % TileHashes.WIDTH + place);
  }

  private List<Sha256> read(long n) {
    if (size - n * TileHashes.WIDTH < TileHashes.WIDTH) {
      return List.of();
    }
    Optional<Tile> stored = evidence.tile(0, n);
    if (stored.isEmpty() || stored.get().hashes().isEmpty()) {
      report(0, n, stored.isEmpty() ? "is not there" : "cannot be read");
      return List.of();
    }
    climb(0, n, stored.get(), stored.get().hashes());
    return stored.get().hashes();
  }

  /// Checks a tile's root and puts it into the tile above, which is looked at when it is full.
  private void climb(int level, long n, Tile stored, List<Sha256> hashes) {
    Sha256 root = TileHashes.perfect(hashes);
    if (!stored.root().equals(Optional.of(root))) {
      report(level, n, "does not have the root that is stored with it");
    }
    if (roots.size() == level) {
      roots.add(new ArrayList<>());
    }
    List<Sha256> above = roots.get(level);
    if (n % TileHashes.WIDTH == above.size()) {
      above.add(root);
    }
    if (n % TileHashes.WIDTH == TileHashes.WIDTH - 1) {
      List<Sha256> wanted = List.copyOf(above);
      above.clear();
      compare(level + 1, n / TileHashes.WIDTH, wanted);
    }
  }

  private void compare(int level, long n, List<Sha256> wanted) {
    if (wanted.size() < TileHashes.WIDTH) {
      return;
    }
    Optional<Tile> stored = evidence.tile(level, n);
    if (stored.isEmpty()) {
      report(level, n, "is not there");
      return;
    }
    if (!stored.get().hashes().equals(wanted)) {
      report(level, n, "is not made of the tiles below it");
    }
    climb(level, n, stored.get(), wanted);
  }

  private void report(int level, long n, String what) {
    long width = 1L << (TileHashes.HEIGHT * (level + 1));
    findings.accept(
        new Finding(
            Finding.Kind.TILE,
            n * width,
            (n + 1) * width - 1,
            "tile " + n + " of level " + level + ' ' + what));
  }
}
