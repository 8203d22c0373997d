/// Work that goes on in the background from a server's start to its end. A round of work enters;
/// threads that outlive its failures, and end when they are told to, leave.
@NullMarked
package dev.interceptor.server.background;

import org.jspecify.annotations.NullMarked;
