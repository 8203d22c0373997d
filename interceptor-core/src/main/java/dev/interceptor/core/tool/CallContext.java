package dev.interceptor.core.tool;

import java.time.Instant;
import java.util.Optional;

/// When and from where a call was asked for.
///
/// @param ip the caller's address as its connection shows it, without brackets, port or zone; empty
///   where there is no connection to look at
public record CallContext(Instant at, Optional<String> ip) {}
