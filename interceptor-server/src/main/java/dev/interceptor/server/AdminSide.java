package dev.interceptor.server;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.admin.ApprovalsEndpoint;
import dev.interceptor.server.admin.AuditEndpoint;
import dev.interceptor.server.admin.KeysEndpoint;
import dev.interceptor.server.admin.PoliciesEndpoint;
import dev.interceptor.server.admin.ToolsEndpoint;
import dev.interceptor.server.audit.AuditEntries;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.http.Health;
import dev.interceptor.server.http.Listener;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.pinning.PinStore;
import dev.interceptor.server.policy.PolicyVersions;
import dev.interceptor.server.targets.Models;
import dev.interceptor.server.targets.OllamaModels;
import dev.interceptor.server.telemetry.CheckpointGauges;
import dev.interceptor.server.telemetry.OllamaGauges;
import dev.interceptor.server.telemetry.PolicyGauges;
import dev.interceptor.server.telemetry.SigningGauges;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// The listener for operators and for those who watch the server.
final class AdminSide {
  private final Basis basis;
  private final Stores stores;
  private final CallPath calls;
  private final Models models;
  private final OllamaModels ollama;
  private final ServerConfig config;
  private final JsonLimits limits;

  private AdminSide(
      Basis basis, Stores stores, CallPath calls, Models models, OllamaModels ollama) {
    this.basis = basis;
    this.stores = stores;
    this.calls = calls;
    this.models = models;
    this.ollama = ollama;
    this.config = basis.config();
    this.limits = config.limits().json();
  }

  static Listener start(
      Basis basis, Parts parts, Stores stores, CallPath calls, Models models, OllamaModels ollama) {
    return parts.keep(new AdminSide(basis, stores, calls, models, ollama).start());
  }

  private Listener start() {
    showGauges();
    Health health = health();
    RequestGate readers = gate(KeyRole.VIEWER, KeyRole.OPERATOR, KeyRole.ADMIN);
    RequestGate deciders = gate(KeyRole.OPERATOR, KeyRole.ADMIN);
    RequestGate operators = gate(KeyRole.ADMIN);
    var keys = new KeysEndpoint(operators, stores.authenticator().keys(), limits);
    PoliciesEndpoint policies = policies(new PoliciesEndpoint.Gates(readers, operators));
    var approvals =
        new ApprovalsEndpoint(
            new ApprovalsEndpoint.Gates(readers, deciders),
            stores.approvals(),
            config.approvals(),
            limits);
    ToolsEndpoint tools = tools(new ToolsEndpoint.Gates(readers, deciders));
    var audit = new AuditEndpoint(readers, AuditEntries.postgres(stores.database().pool()));
    return Listener.start(
        config.admin().host(),
        config.admin().port(),
        basis.metrics(),
        routes ->
            Routes.ofAdmin(
                routes, health, keys, policies, approvals, tools, audit, basis.registry()::scrape));
  }

  private RequestGate gate(KeyRole... roles) {
    return stores.gates().of(config.limits().underWay(), Set.of(roles));
  }

  private PoliciesEndpoint policies(PoliciesEndpoint.Gates gates) {
    return new PoliciesEndpoint(
        gates,
        PolicyVersions.postgres(stores.database(), basis.clock()),
        stores.policies(),
        config.policy(),
        limits.maxBytes());
  }

  private ToolsEndpoint tools(ToolsEndpoint.Gates gates) {
    return new ToolsEndpoint(
        gates,
        PinStore.postgres(stores.database().pool(), basis.clock()),
        calls.pins(),
        calls.upstreams(),
        limits);
  }

  private void showGauges() {
    PrometheusMeterRegistry registry = basis.registry();
    OllamaGauges.show(ollama, registry);
    PolicyGauges.show(stores.policies(), registry);
    SigningGauges.show(stores.keys(), registry);
    CheckpointGauges.show(stores.checkpoints(), registry);
  }

  private Health health() {
    return new Health(
        Map.of(
            "database",
            stores.log()::isUsable,
            "redis",
            stores.sessions()::isUsable,
            "policy",
            () -> stores.policies().condition().usable(),
            "signing",
            stores.keys()::isUsable,
            "models",
            ollama::isReady),
        this::notes);
  }

  /// Where, not what: the log has the words.
  private List<String> notes() {
    return Stream.of(
            stores.policies().condition().held().stream()
                .map(line -> "a changed policy is not in force: " + line.split(": ", 2)[0]),
            models.held().stream().map(_ -> "the models' file as it is now is not in force"),
            stores.keys().fault().stream().map(_ -> "the signing keys cannot be read"),
            stores.checkpoints().fault().stream()
                .map(_ -> "the audit log was changed; run `interceptor audit verify`"))
        .flatMap(Function.identity())
        .toList();
  }
}
