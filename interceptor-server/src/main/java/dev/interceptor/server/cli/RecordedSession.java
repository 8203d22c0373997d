package dev.interceptor.server.cli;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.Explanation;
import dev.interceptor.core.decision.SessionReplay;
import dev.interceptor.core.decision.suite.AskedCall;
import dev.interceptor.core.decision.suite.CallReader;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.policy.PolicyVersion;
import dev.interceptor.server.policy.PolicyVersions;
import dev.interceptor.server.session.SessionHistory;
import dev.interceptor.server.session.SessionKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A session as the decision log has it, under the policy in force for its customer. Reads the
/// database alone: a tag whose removal is under way is still there.
record RecordedSession(ConfigOption config, Surroundings surroundings) {
  private static final String DEFAULT_POLICY = "default";
  private static final Optional<ApprovalId> AN_APPROVAL =
      Optional.of(new ApprovalId("00000000-0000-4000-8000-000000000000"));

  /// @throws IllegalArgumentException if the customer has no policy in force
  ExplainReport.Explained explain(
      Principal principal,
      SessionId session,
      Function<CallReader.Defaults, AskedCall> call,
      Instant at,
      Optional<String> ip) {
    var file = surroundings.configFile(config.file);
    var settings = config.loadDatabase(surroundings);
    var idle = ServerConfig.loadSessionIdle(file, surroundings.environment());
    try (var database = Database.open(settings);
        var log = log(database)) {
      PolicySet policy =
          inForce(PolicyVersions.postgres(database, InstantSource.system()), principal.customer());
      AskedCall asked = call.apply(new CallReader.Defaults(principal, session, at, ip));
      var past =
          log.livePast(
              new SessionKey(principal.customer(), session),
              idle,
              at,
              SessionHistory.Detail.EVERY_CALL);
      SessionState state = SessionReplay.replay(policy, past);
      var request =
          new DecisionRequest(
              principal,
              session,
              asked.call(),
              asked.context(),
              asked.approved() ? AN_APPROVAL : Optional.empty());
      return new ExplainReport.Explained(
          policy, asked, state, Explanation.of(request, policy, state, usage(log, policy, asked)));
    }
  }

  private static DecisionLog log(Database database) {
    database.requireKnownSchema();
    return DecisionLog.postgres(database.pool(), database.longestWait());
  }

  private static Usage usage(SessionHistory log, PolicySet policy, AskedCall asked) {
    Map<String, Long> used = new HashMap<>();
    for (String counter : policy.plan(asked.call().tool()).countersRead(asked.context().at())) {
      used.put(counter, log.used(asked.principal().customer(), counter));
    }
    return Usage.of(used);
  }

  private static PolicySet inForce(PolicyVersions versions, CustomerId customer) {
    PolicyVersions.InForce now = versions.inForce();
    String name = now.named().getOrDefault(customer, DEFAULT_POLICY);
    PolicyVersion version =
        now.heads().stream()
            .filter(head -> head.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "no policy `"
                        + name
                        + "` is in force; `./interceptor policy list` shows them"));
    String text = versions.source(name, version.version()).orElse("");
    return switch (PolicyParser.parse(text, name)) {
      case PolicyParser.Result.Parsed parsed ->
          parsed.policies().stream()
              .filter(policy -> policy.name().equals(name))
              .findFirst()
              .orElseThrow();
      case PolicyParser.Result.Rejected _ ->
          throw new IllegalArgumentException(
              "the policy `" + name + "` in force does not load in this version");
    };
  }
}
