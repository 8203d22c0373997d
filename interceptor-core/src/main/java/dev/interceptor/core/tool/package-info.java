/// What is asked for: upstreams, tools, their classes and one call with its canonical arguments.
@NullMarked
package dev.interceptor.core.tool;

import org.jspecify.annotations.NullMarked;
