package dev.interceptor.core.token;

/// What became of a token: it authorizes the call, or it is refused for one reason.
public sealed interface Verification permits VerifiedToken, TokenRejection {}
