/// Proof that a revoked key is refused, here at once and elsewhere within a second.
@NullMarked
package dev.interceptor.server.revocation;

import org.jspecify.annotations.NullMarked;
