package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// A notification that a server sends: about a call before its answer, or about a change.
///
/// @param method such as `notifications/progress`
/// @param params as the server sent them; a progress token in them is the upstream's, not the
///   client's
public record Notice(String method, ObjectNode params) {
  public static final String PROGRESS = "notifications/progress";
  public static final String LOG = "notifications/message";
  public static final String TOOLS_CHANGED = "notifications/tools/list_changed";
  public static final String PROMPTS_CHANGED = "notifications/prompts/list_changed";
  public static final String RESOURCES_CHANGED = "notifications/resources/list_changed";
  public static final String RESOURCE_UPDATED = "notifications/resources/updated";
}
