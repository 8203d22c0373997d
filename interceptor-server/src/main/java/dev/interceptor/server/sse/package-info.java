/// Server-sent events as HTML defines them, and lines of JSON as Ollama streams them: bytes in,
/// events out.
@NullMarked
package dev.interceptor.server.sse;

import org.jspecify.annotations.NullMarked;
