/// Proof that keys are rotated under load without a good token refused and without a retired key
/// accepted after its window, over two server processes and a tool server that fetches their keys.
@NullMarked
package dev.interceptor.server.rotation;

import org.jspecify.annotations.NullMarked;
