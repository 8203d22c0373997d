/// The policy decision point. A request, a policy set and a session state enter; one decision
/// leaves.
@NullMarked
package dev.interceptor.core.decision;

import org.jspecify.annotations.NullMarked;
