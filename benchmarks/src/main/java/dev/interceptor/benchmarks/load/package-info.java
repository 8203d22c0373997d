/// The whole path under load: starts the product and a fast upstream as processes of their own,
/// drives both with one closed-loop generator, and compares. Options enter, a report leaves.
@NullMarked
package dev.interceptor.benchmarks.load;

import org.jspecify.annotations.NullMarked;
