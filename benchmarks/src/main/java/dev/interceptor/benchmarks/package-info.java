/// What the interceptor costs: JMH for its parts here, its clients and the whole path in the
/// packages below. Nothing enters but the command line; numbers leave, as Markdown and JSON.
@NullMarked
package dev.interceptor.benchmarks;

import org.jspecify.annotations.NullMarked;
