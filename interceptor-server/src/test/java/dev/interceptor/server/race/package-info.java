/// Proof that racing calls of one session cannot both pass, over two server processes.
@NullMarked
package dev.interceptor.server.race;

import org.jspecify.annotations.NullMarked;
