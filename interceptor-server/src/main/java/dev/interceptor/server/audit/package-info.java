/// The decision log in PostgreSQL: decisions are durable before they take effect. SPEC §9.
@NullMarked
package dev.interceptor.server.audit;

import org.jspecify.annotations.NullMarked;
