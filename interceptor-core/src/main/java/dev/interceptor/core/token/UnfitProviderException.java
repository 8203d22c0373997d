package dev.interceptor.core.token;

/// A provider of Ed25519 that is absent, fails, or is wrong about a known vector.
public final class UnfitProviderException extends Exception {
  UnfitProviderException(String problem) {
    super(problem);
  }

  UnfitProviderException(String problem, Throwable cause) {
    super(problem, cause);
  }
}
