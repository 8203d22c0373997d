package dev.interceptor.server.signing;

import dev.interceptor.core.token.JwkSet;
import java.time.Duration;

/// What `/.well-known/jwks.json` answers.
///
/// @param maxAge how long a verifier may go on with it, 1 s to 60 s
public record PublishedKeys(JwkSet keys, Duration maxAge) {}
