package dev.interceptor.server;

import dev.interceptor.core.token.KeyRing;
import dev.interceptor.server.admin.KeysEndpoint;
import dev.interceptor.server.http.Health;
import dev.interceptor.server.proxy.ProxyEndpoint;
import io.javalin.config.RoutesConfig;
import java.util.function.Supplier;

/// Every route of both listeners, on one screen. SPEC §3.
final class Routes {
  private Routes() {}

  static void ofPublic(RoutesConfig routes, ProxyEndpoint proxy, KeyRing keys) {
    routes.post("/proxy/execute", proxy::execute);
    routes.post("/proxy/authorize", proxy::authorize);
    routes.get("/proxy/tools", proxy::tools);
    routes.get(
        "/.well-known/jwks.json",
        context ->
            context
                .contentType("application/jwk-set+json")
                .header("Cache-Control", "public, max-age=60")
                .result(keys.published().toJson()));
  }

  static void ofAdmin(
      RoutesConfig routes, Health health, KeysEndpoint keys, Supplier<String> metrics) {
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
  }
}
