package dev.interceptor.server;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.Receipts;
import dev.interceptor.server.chat.ConversationTools;
import dev.interceptor.server.chat.GuardSet;
import dev.interceptor.server.chat.ModelsEndpoint;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.JwksEndpoint;
import dev.interceptor.server.http.Listener;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.mcp.McpEndpoint;
import dev.interceptor.server.mcp.ProtectedResource;
import dev.interceptor.server.mcp.ResourceMetadataEndpoint;
import dev.interceptor.server.proxy.ExecutionsEndpoint;
import dev.interceptor.server.proxy.ProxyEndpoint;
import dev.interceptor.server.proxy.ReceiptEndpoint;
import dev.interceptor.server.session.SeenContext;
import dev.interceptor.server.targets.ModelLimits;
import dev.interceptor.server.targets.ModelServers;
import dev.interceptor.server.targets.Models;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listener for agents, tool servers and verifiers.
final class PublicSide {
  /// A report waits for the log with a connection of the pool.
  private static final int REPORTS_AT_ONCE = 2;

  /// A receipt may wait a second for its checkpoint.
  private static final int RECEIPTS_AT_ONCE = 16;

  private static final Logger LOG = LoggerFactory.getLogger(PublicSide.class);

  private final Basis basis;
  private final Parts parts;
  private final Stores stores;
  private final CallPath calls;
  private final ServerConfig config;
  private final JsonLimits limits;

  private PublicSide(Basis basis, Parts parts, Stores stores, CallPath calls) {
    this.basis = basis;
    this.parts = parts;
    this.stores = stores;
    this.calls = calls;
    this.config = basis.config();
    this.limits = config.limits().json();
  }

  static Listener start(Basis basis, Parts parts, Stores stores, CallPath calls, Models models) {
    return new PublicSide(basis, parts, stores, calls).start(models);
  }

  private Listener start(Models models) {
    RequestGate agents = stores.gates().of(config.limits().underWay(), Set.of(KeyRole.AGENT));
    var proxy =
        new ProxyEndpoint(
            agents,
            calls.enforcement(),
            stores.policies(),
            calls.upstreams(),
            calls.pins(),
            limits);
    var resource = new ProtectedResource(config.mcp(), config.http().host());
    McpEndpoint mcp = mcp(resource, agents);
    ReceiptEndpoint receipts = receipts();
    ExecutionsEndpoint executions = executions();
    var jwks = new JwksEndpoint(stores.keys()::published);
    ModelsEndpoint modelsEndpoint = parts.keep(models(models));
    Listener listener =
        parts.keep(
            Listener.start(
                config.http().host(),
                config.http().port(),
                basis.metrics(),
                routes ->
                    Routes.ofPublic(
                        routes,
                        proxy,
                        receipts,
                        mcp,
                        executions,
                        jwks,
                        new ResourceMetadataEndpoint(resource),
                        modelsEndpoint)));
    parts.keep(mcp);
    return listener;
  }

  private McpEndpoint mcp(ProtectedResource resource, RequestGate agents) {
    return new McpEndpoint(
        resource,
        agents,
        calls.enforcement(),
        stores.policies(),
        calls.upstreams(),
        calls.pins(),
        config.redis(),
        basis.random(),
        limits,
        config.limits().underWay() / 2);
  }

  private ReceiptEndpoint receipts() {
    return new ReceiptEndpoint(
        stores.gates().of(RECEIPTS_AT_ONCE, Set.of(KeyRole.AGENT)),
        config.audit().receipts()
            ? Optional.of(new Receipts(stores.database().pool(), stores.checkpoints()))
            : Optional.empty());
  }

  private ExecutionsEndpoint executions() {
    return new ExecutionsEndpoint(
        stores.gates().of(REPORTS_AT_ONCE, Set.of(KeyRole.SERVER)),
        stores.log()::append,
        calls.discretion(),
        basis.clock(),
        limits);
  }

  private ModelsEndpoint models(Models models) {
    ModelLimits modelLimits = parts.keep(ModelLimits.redis(config.redis(), basis.randomHex(8)));
    return new ModelsEndpoint(
        new ModelsEndpoint.Parts(
            stores.gates().of(config.models().underWay(), Set.of(KeyRole.AGENT)),
            models,
            modelLimits,
            parts.keep(ModelServers.http(models, modelLimits, basis.random()::nextDouble)),
            new GuardSet(models, basis.ownSecrets()),
            calls.enforcement(),
            new ConversationTools(stores.policies(), calls.upstreams(), calls.pins()),
            parts.keep(SeenContext.redis(config.redis())),
            calls.discretion(),
            entry -> keepEntry(stores.log(), entry),
            config.models().json(),
            basis.clock()));
  }

  /// An entry that a full queue has no room for is waited for.
  private static void keepEntry(DecisionLog log, LogEntry entry) {
    try {
      if (!log.note(entry)) {
        log.append(List.of(entry));
      }
    } catch (InterceptorException e) {
      LOG.error("a request to a model is not in the audit log: {}", e.getMessage());
    }
  }
}
