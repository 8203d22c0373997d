package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;

/// The hashes of the complete subtrees of a log.
@FunctionalInterface
public interface SubtreeHashes {
  /// The root of the subtree over the `2^level` leaves from `index * 2^level` on. It is asked for
  /// complete subtrees alone.
  Sha256 root(int level, long index);
}
