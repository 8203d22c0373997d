/// Proof that an approval is good for one call, once, for a time.
@NullMarked
package dev.interceptor.server.approval;

import org.jspecify.annotations.NullMarked;
