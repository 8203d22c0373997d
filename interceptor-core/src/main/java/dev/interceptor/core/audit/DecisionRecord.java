package dev.interceptor.core.audit;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.time.Instant;
import java.util.SortedSet;

/// One row of the decision log: everything a later reader needs, and no argument value.
///
/// @param entryPoint the route that asked, such as `proxy.execute`
/// @param classes the tool's classes under the policy that decided
/// @param arguments digest of all that steers the call: of the arguments, for a call that goes on
///   with another one of what it carries too
/// @param policy digest of that policy
/// @param labelsBefore the session's tags that the decision saw
/// @param sessionVersion the state's version after a permit, the version read for a denial
public record DecisionRecord(
    String decisionId,
    String requestId,
    Instant at,
    String entryPoint,
    Principal principal,
    SessionId session,
    ToolRef tool,
    SortedSet<ToolClass> classes,
    Sha256 arguments,
    Sha256 policy,
    SortedSet<Label> labelsBefore,
    long sessionVersion,
    Decision decision) {}
