/// Running servers for the tests of the whole: the stack's surroundings, the server as a process of
/// its own, and a client that knows when bytes left and came.
@NullMarked
package dev.interceptor.server.live;

import org.jspecify.annotations.NullMarked;
