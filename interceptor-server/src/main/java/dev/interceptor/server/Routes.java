package dev.interceptor.server;

import dev.interceptor.server.admin.ApprovalsEndpoint;
import dev.interceptor.server.admin.AuditEndpoint;
import dev.interceptor.server.admin.KeysEndpoint;
import dev.interceptor.server.admin.PoliciesEndpoint;
import dev.interceptor.server.admin.ToolsEndpoint;
import dev.interceptor.server.chat.ModelsEndpoint;
import dev.interceptor.server.http.Health;
import dev.interceptor.server.http.JwksEndpoint;
import dev.interceptor.server.mcp.McpEndpoint;
import dev.interceptor.server.mcp.ResourceMetadataEndpoint;
import dev.interceptor.server.proxy.ExecutionsEndpoint;
import dev.interceptor.server.proxy.ProxyEndpoint;
import dev.interceptor.server.proxy.ReceiptEndpoint;
import io.javalin.config.RoutesConfig;
import java.util.List;
import java.util.function.Supplier;

/// Every route of both listeners, on one screen. SPEC §3.
final class Routes {
  private Routes() {}

  static void ofPublic(
      RoutesConfig routes,
      ProxyEndpoint proxy,
      ReceiptEndpoint receipts,
      McpEndpoint mcp,
      ExecutionsEndpoint executions,
      JwksEndpoint keys,
      ResourceMetadataEndpoint resource,
      ModelsEndpoint models) {
    routes.post("/proxy/execute", proxy::execute);
    routes.post("/proxy/authorize", proxy::authorize);
    routes.get("/proxy/tools", proxy::tools);
    routes.post("/proxy/executions", executions::report);
    routes.get("/proxy/decisions/{decision_id}", receipts::get);
    for (String path : List.of("/mcp", "/mcp/{upstream}")) {
      routes.post(path, mcp::post);
      routes.get(path, mcp::get);
      routes.delete(path, mcp::delete);
      routes.put(path, mcp::refuse);
      routes.patch(path, mcp::refuse);
      routes.options(path, mcp::refuse);
    }
    routes.post("/v1/chat/completions", models::chat);
    routes.post("/v1/completions", models::completions);
    routes.post("/v1/responses", models::responses);
    routes.post("/v1/embeddings", models::embeddings);
    routes.get("/v1/models", models::list);
    routes.get("/v1/models/<model>", models::show);
    routes.post("/api/chat", models::ollamaChat);
    routes.get("/api/tags", models::tags);
    for (String path : List.of("/v1/<path>", "/api/<path>")) {
      routes.get(path, models::nothingHere);
      routes.post(path, models::nothingHere);
      routes.put(path, models::nothingHere);
      routes.patch(path, models::nothingHere);
      routes.delete(path, models::nothingHere);
      routes.head(path, models::nothingHere);
    }
    routes.get("/.well-known/jwks.json", keys::get);
    routes.get("/.well-known/oauth-protected-resource", resource::get);
    routes.get("/.well-known/oauth-protected-resource/mcp", resource::get);
    routes.get("/.well-known/oauth-protected-resource/mcp/{upstream}", resource::getUpstream);
  }

  static void ofAdmin(
      RoutesConfig routes,
      Health health,
      KeysEndpoint keys,
      PoliciesEndpoint policies,
      ApprovalsEndpoint approvals,
      ToolsEndpoint tools,
      AuditEndpoint audit,
      Supplier<String> metrics) {
    routes.get("/health/live", health::live);
    routes.get("/health/ready", health::ready);
    routes.get("/health", health::ready);
    routes.get(
        "/metrics",
        context ->
            context.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.get()));
    routes.get("/admin/api/v1/keys", keys::list);
    routes.post("/admin/api/v1/keys", keys::create);
    routes.delete("/admin/api/v1/keys/{id}", keys::revoke);
    routes.get("/admin/api/v1/policies", policies::list);
    routes.post("/admin/api/v1/policies", policies::apply);
    routes.get("/admin/api/v1/policies/{name}/versions", policies::versions);
    routes.get("/admin/api/v1/policies/{name}/versions/{version}", policies::show);
    routes.post("/admin/api/v1/policies/{name}/versions/{version}/rollback", policies::rollBack);
    routes.get("/admin/api/v1/approvals", approvals::list);
    routes.get("/admin/api/v1/approvals/{id}", approvals::show);
    routes.post("/admin/api/v1/approvals/{id}/approve", approvals::approve);
    routes.post("/admin/api/v1/approvals/{id}/deny", approvals::deny);
    routes.get("/admin/api/v1/tools", tools::list);
    routes.get("/admin/api/v1/tools/{upstream}", tools::show);
    routes.post("/admin/api/v1/tools/approve", tools::approve);
    routes.get("/admin/api/v1/audit", audit::list);
  }
}
