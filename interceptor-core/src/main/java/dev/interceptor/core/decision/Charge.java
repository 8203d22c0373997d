package dev.interceptor.core.decision;

import dev.interceptor.core.policy.Period;

/// What a permitted call uses up of a limit.
///
/// @param counter see {@link dev.interceptor.core.policy.Limit#counter}
/// @param amount at most `max`, in calls or millionths
/// @param max what the counter must never exceed
public record Charge(String counter, Period per, long amount, long max) {}
