/// The commands, one class each, over the same ports as the server. SPEC §2.
@NullMarked
package dev.interceptor.server.cli;

import org.jspecify.annotations.NullMarked;
