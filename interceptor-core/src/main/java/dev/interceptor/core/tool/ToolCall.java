package dev.interceptor.core.tool;

/// One call as it was asked for: nothing has been decided about it yet.
public record ToolCall(ToolRef tool, Arguments arguments) {}
