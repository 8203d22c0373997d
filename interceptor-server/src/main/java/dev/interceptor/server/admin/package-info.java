/// The operator's REST routes. SPEC §10.
@NullMarked
package dev.interceptor.server.admin;

import org.jspecify.annotations.NullMarked;
