/// MCP clients' entry point: decode, enforce, encode. SPEC §7.
@NullMarked
package dev.interceptor.server.mcp;

import org.jspecify.annotations.NullMarked;
