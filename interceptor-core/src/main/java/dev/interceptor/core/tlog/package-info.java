/// A transparency log: entries in one order, held together by a Merkle tree (RFC 6962) whose root
/// is signed from time to time. Pure: hashes enter, hashes and proofs leave; a store keeps them.
@NullMarked
package dev.interceptor.core.tlog;

import org.jspecify.annotations.NullMarked;
