/// The product on one machine with nothing to install: embedded PostgreSQL and Redis, the demo tool
/// server, a demo key.
@NullMarked
package dev.interceptor.server.dev;

import org.jspecify.annotations.NullMarked;
