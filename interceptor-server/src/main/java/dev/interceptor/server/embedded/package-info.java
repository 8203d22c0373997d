/// A real PostgreSQL and a real Redis as child processes, for `dev`, `demo` and tests. A state
/// folder enters; addresses and credentials leave. Not part of production.
@NullMarked
package dev.interceptor.server.embedded;

import org.jspecify.annotations.NullMarked;
