/// The policy enforcement point: the one path from an intercepted call to its outcome, shared by
/// every entry point.
@NullMarked
package dev.interceptor.server.enforcement;

import org.jspecify.annotations.NullMarked;
