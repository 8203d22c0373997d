package dev.interceptor.server;

import dev.interceptor.server.admin.ApprovalsEndpoint;
import dev.interceptor.server.admin.KeysEndpoint;
import dev.interceptor.server.admin.PoliciesEndpoint;
import dev.interceptor.server.http.Health;
import dev.interceptor.server.http.JwksEndpoint;
import dev.interceptor.server.proxy.ProxyEndpoint;
import io.javalin.config.RoutesConfig;
import java.util.function.Supplier;

/// Every route of both listeners, on one screen. SPEC §3.
final class Routes {
  private Routes() {}

  static void ofPublic(RoutesConfig routes, ProxyEndpoint proxy, JwksEndpoint keys) {
    routes.post("/proxy/execute", proxy::execute);
    routes.post("/proxy/authorize", proxy::authorize);
    routes.get("/proxy/tools", proxy::tools);
    routes.get("/.well-known/jwks.json", keys::get);
  }

  static void ofAdmin(
      RoutesConfig routes,
      Health health,
      KeysEndpoint keys,
      PoliciesEndpoint policies,
      ApprovalsEndpoint approvals,
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
  }
}
