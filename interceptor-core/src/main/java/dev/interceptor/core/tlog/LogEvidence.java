package dev.interceptor.core.tlog;

import java.util.Optional;

/// What a store keeps beside the rows, unverified.
public interface LogEvidence {
  Optional<Tile> tile(int level, long n);

  /// The stored checkpoint of the smallest size above `size`.
  Optional<StoredCheckpoint> checkpointAbove(long size);

  /// A checkpoint as it is stored.
  ///
  /// @param size under which it is found
  /// @param note the signed note
  record StoredCheckpoint(long size, String note) {}

  /// The head as it is stored.
  ///
  /// @param frontier nothing if what is stored is not one of that size
  record Head(long size, Optional<Frontier> frontier) {
    /// @param frontier as [Frontier#toBytes] writes it
    public static Head of(long size, byte[] frontier) {
      try {
        return new Head(size, Optional.of(Frontier.of(size, frontier)));
      } catch (IllegalArgumentException unfit) {
        return new Head(size, Optional.empty());
      }
    }
  }
}
