package dev.interceptor.server.session;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.session.SessionId;

/// A session: the id alone is never enough, since two customers may choose the same one.
public record SessionKey(CustomerId customer, SessionId session) {}
