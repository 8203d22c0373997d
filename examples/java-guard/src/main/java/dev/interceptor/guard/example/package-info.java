/// A tool server to start from: the official MCP Java SDK on Jetty, guarded.
@NullMarked
package dev.interceptor.guard.example;

import org.jspecify.annotations.NullMarked;
