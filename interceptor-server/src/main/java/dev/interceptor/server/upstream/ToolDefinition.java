package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.ToolName;

/// A tool as its server describes it. Everything but the name is the server's own claim.
///
/// @param definition the whole object of `tools/list`: `name`, `description`, `inputSchema`, …
public record ToolDefinition(ToolName name, ObjectNode definition) {}
