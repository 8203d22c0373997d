package dev.interceptor.server;

import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.server.approval.ApprovalExpiry;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.audit.AuditUpkeep;
import dev.interceptor.server.audit.AuthenticationLog;
import dev.interceptor.server.audit.CheckpointKey;
import dev.interceptor.server.audit.Checkpoints;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.InForceNotes;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.Authenticator;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.signing.Ed25519Choice;
import dev.interceptor.server.signing.LiveKeyRing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lasts longer than a request: signing keys, policies, the log, sessions, approvals, and who
/// may call.
///
/// @param gates makes the gate of some routes
record Stores(
    LiveKeyRing keys,
    Database database,
    PolicyStore policies,
    Checkpoints checkpoints,
    DecisionLog log,
    SessionStore sessions,
    ApprovalStore approvals,
    Authenticator authenticator,
    Gates gates) {
  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

  /// The gates of routes: all ask the same keys and write to the same log.
  interface Gates {
    /// @param underWay requests that may be under way at once behind the gate
    RequestGate of(int underWay, Set<KeyRole> roles);
  }

  /// @param decorate wraps the session store, so that a test can break it on purpose
  /// @param decorateLog wraps the decision log, to the same end
  static Stores open(
      Basis basis,
      Parts parts,
      UnaryOperator<SessionStore> decorate,
      UnaryOperator<DecisionLog> decorateLog) {
    ServerConfig config = basis.config();
    InstantSource clock = basis.clock();
    LiveKeyRing keys = parts.keep(keys(config.token(), clock));
    NoteSigner checkpointKey = CheckpointKey.read(config.audit().checkpoints());
    Database database = parts.keep(Database.open(config.database()));
    database.requireKnownSchema();
    PolicyStore policies = parts.keep(policies(config.policy(), database, clock));
    Checkpoints checkpoints =
        parts.keep(
            Checkpoints.start(
                database.pool(), checkpointKey, config.audit().checkpoints().interval(), clock));
    DecisionLog log =
        parts.keep(
            decorateLog.apply(
                DecisionLog.postgres(database.pool(), forRecording(config.limits().deadline()))));
    parts.keep(upkeep(config, checkpointKey, clock));
    parts.keep(
        InForceNotes.start(
            log,
            basis.randomHex(4),
            () -> policies.condition().inForce(),
            keys::signingKey,
            clock));
    SessionStore sessions =
        parts.keep(
            decorate.apply(
                SessionStore.redis(config.redis(), log, clock, () -> basis.randomHex(8))));
    ApprovalStore approvals = ApprovalStore.postgres(database, config.approvals(), clock);
    parts.keep(ApprovalExpiry.start(approvals));
    AuthenticationLog authentications = parts.keep(AuthenticationLog.writingTo(log, clock));
    Authenticator authenticator =
        parts.keep(Authenticator.start(ApiKeyStore.postgres(database, clock), database, clock));
    return new Stores(
        keys,
        database,
        policies,
        checkpoints,
        log,
        sessions,
        approvals,
        authenticator,
        (underWay, roles) ->
            new RequestGate(authenticator, authentications, basis.metrics(), underWay, roles));
  }

  private static LiveKeyRing keys(ServerConfig.Token token, InstantSource clock) {
    Ed25519Choice.Selected ed25519 = token.ed25519().select();
    LOG.info("ed25519 {}", ed25519);
    return LiveKeyRing.start(token.keys(), ed25519.provider(), token.lifetime(), clock);
  }

  private static PolicyStore policies(PolicyOrigin origin, Database database, InstantSource clock) {
    return switch (origin) {
      case PolicyOrigin.Stored _ -> PolicyStore.stored(database, clock);
      case PolicyOrigin.Files files -> PolicyStore.watching(files.path(), database, clock);
    };
  }

  private static AuditUpkeep upkeep(ServerConfig config, NoteSigner key, InstantSource clock) {
    return AuditUpkeep.start(
        Database.patient(config.database()),
        key,
        config.redis().idle(),
        clock,
        config.audit().retentionMonths());
  }

  /// What comes before a row is written, the key's lookup and the session's state, has a share of
  /// the deadline too.
  private static Duration forRecording(Duration deadline) {
    return deadline.multipliedBy(3).dividedBy(4);
  }
}
