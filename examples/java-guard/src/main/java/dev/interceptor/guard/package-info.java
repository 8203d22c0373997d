/// Guards for tool servers: a call enters with its token and is run only if the token authorizes
/// exactly this call, once. Keys come from the interceptor's address, used tokens are remembered in
/// memory or in Redis, refusals leave as 401 without a reason.
@NullMarked
package dev.interceptor.guard;

import org.jspecify.annotations.NullMarked;
