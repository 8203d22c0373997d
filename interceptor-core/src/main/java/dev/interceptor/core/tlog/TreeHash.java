package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;

/// The hashes that a log's tree is made of. RFC 6962 §2.1.
public final class TreeHash {
  /// Bytes of a hash.
  public static final int LENGTH = 32;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;
  private static final Sha256 EMPTY_ROOT = Sha256.of(new byte[0]);

  private TreeHash() {}

  /// @param entry the entry's bytes
  public static Sha256 leaf(byte[] entry) {
    var input = new byte[1 + entry.length];
    input[0] = LEAF;
    System.arraycopy(entry, 0, input, 1, entry.length);
    return Sha256.of(input);
  }

  /// The hash over two neighbouring subtrees.
  public static Sha256 node(Sha256 left, Sha256 right) {
    var input = new byte[1 + 2 * LENGTH];
    input[0] = NODE;
    System.arraycopy(left.bytes(), 0, input, 1, LENGTH);
    System.arraycopy(right.bytes(), 0, input, 1 + LENGTH, LENGTH);
    return Sha256.of(input);
  }

  /// The root of a tree without entries.
  public static Sha256 emptyRoot() {
    return EMPTY_ROOT;
  }
}
