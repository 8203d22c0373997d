package dev.interceptor.server.chat;

import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.upstream.ToolServers;

/// Whose tools a conversation may name, and which of them may ever be called.
public record ConversationTools(PolicyStore policies, ToolServers upstreams, PinnedTools pins) {}
