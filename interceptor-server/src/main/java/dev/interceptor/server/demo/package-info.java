/// The demo tool server: a real MCP server over Streamable HTTP with invented data, for `dev`,
/// `demo` and tests. Calls with our tokens enter, answers and a journal of what was executed leave.
/// It verifies tokens and decides nothing else.
@NullMarked
package dev.interceptor.server.demo;

import org.jspecify.annotations.NullMarked;
