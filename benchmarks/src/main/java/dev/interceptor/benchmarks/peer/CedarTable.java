package dev.interceptor.benchmarks.peer;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.AuthorizationResponse;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Cedar through its Java binding: one permit or forbid a tool, parsed once and cached in the
/// native library.
public final class CedarTable implements ToolTable {
  private static final EntityTypeName TOOL = type("Tool");
  private static final EntityTypeName ACTION = type("Action");
  private static final EntityUID AGENT = type("Agent").of("agent");

  private final BasicAuthorizationEngine engine = new BasicAuthorizationEngine();
  private final PolicySet policies;

  public CedarTable(List<String> tools) {
    StringBuilder text = new StringBuilder();
    for (String tool : tools) {
      text.append(ToolTable.isAllowed(tool, tools) ? "permit" : "forbid")
          .append(
              "(principal == Agent::\"agent\", action == Action::\"call\", resource == Tool::\"")
          .append(tool)
          .append("\");\n");
    }
    try {
      policies = PolicySet.parsePolicies(text.toString());
      policies.cache();
    } catch (AuthException | CacheException e) {
      throw new IllegalStateException("cedar does not take the policies", e);
    }
  }

  /// Why the native library cannot be used here; empty if it can.
  public static String obstacle() {
    try {
      return new CedarTable(List.of("tool")).permits("tool", "call") ? "" : "wrong answer";
    } catch (RuntimeException | LinkageError e) {
      return e.toString();
    }
  }

  private static EntityTypeName type(String name) {
    return EntityTypeName.parse(name).orElseThrow();
  }

  @Override
  public boolean permits(String tool, String action) {
    var request = new AuthorizationRequest(AGENT, ACTION.of(action), TOOL.of(tool), Map.of());
    try {
      AuthorizationResponse response = engine.isAuthorized(request, policies, Set.of());
      return response.success.orElseThrow().isAllowed();
    } catch (AuthException e) {
      throw new IllegalStateException("cedar cannot decide", e);
    }
  }
}
