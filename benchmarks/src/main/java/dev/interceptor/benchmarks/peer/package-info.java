/// The same table of tools in this engine and in others that users compare it with. Names of tools
/// enter, an engine that answers leaves.
@NullMarked
package dev.interceptor.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
