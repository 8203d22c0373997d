/// The agent's REST entry points: decode, enforce, encode. SPEC §4.
@NullMarked
package dev.interceptor.server.proxy;

import org.jspecify.annotations.NullMarked;
