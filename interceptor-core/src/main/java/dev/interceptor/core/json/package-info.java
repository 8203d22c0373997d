/// Strict JSON and its canonical form. Bytes from the wire enter, a tree that every parser reads
/// alike leaves; text that two parsers could read differently is refused. RFC 8259, RFC 7493, RFC
/// 8785.
@NullMarked
package dev.interceptor.core.json;

import org.jspecify.annotations.NullMarked;
