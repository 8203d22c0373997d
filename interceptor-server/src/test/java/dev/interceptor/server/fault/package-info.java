/// Proof that a server without PostgreSQL or Redis permits nothing and comes back by itself.
@NullMarked
package dev.interceptor.server.fault;

import org.jspecify.annotations.NullMarked;
