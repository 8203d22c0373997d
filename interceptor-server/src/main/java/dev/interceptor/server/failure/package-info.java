/// The one table of failures: codes, statuses and what a client may read about them. SPEC §3.
@NullMarked
package dev.interceptor.server.failure;

import org.jspecify.annotations.NullMarked;
