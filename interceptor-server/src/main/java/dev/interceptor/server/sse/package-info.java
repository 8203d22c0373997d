/// Server-sent events as HTML defines them: bytes in, events out.
@NullMarked
package dev.interceptor.server.sse;

import org.jspecify.annotations.NullMarked;
