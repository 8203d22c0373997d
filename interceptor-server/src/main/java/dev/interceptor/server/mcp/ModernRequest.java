package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonObject;

/// A request of MCP 2026-07-28 whose envelope and headers are in order: its headers say what its
/// body says.
///
/// @param params as they came, `_meta` included
record ModernRequest(RequestId id, String method, JsonObject params, ModernMeta meta) {}
