package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A full tile as it is stored; nothing says that its parts fit each other.
///
/// @param hashes 256 hashes, or none if what is stored is something else
/// @param root the root of the subtree over them, if it is a hash
public record Tile(List<Sha256> hashes, Optional<Sha256> root) {
  public Tile {
    hashes = List.copyOf(hashes);
  }

  /// @param hashes the hashes, one after the other
  public static Tile of(byte[] hashes, byte[] root) {
    List<Sha256> list = new ArrayList<>(TileHashes.WIDTH);
    if (hashes.length == TileHashes.WIDTH * TreeHash.LENGTH) {
      for (int at = 0; at < hashes.length; at += TreeHash.LENGTH) {
        list.add(Sha256.ofBytes(Arrays.copyOfRange(hashes, at, at + TreeHash.LENGTH)));
      }
    }
    return new Tile(
        list,
        root.length == TreeHash.LENGTH ? Optional.of(Sha256.ofBytes(root)) : Optional.empty());
  }
}
