/// Tool servers. An authorized call enters, what became of it leaves. The interceptor's own MCP
/// client lives here.
@NullMarked
package dev.interceptor.server.upstream;

import org.jspecify.annotations.NullMarked;
