package dev.interceptor.server.signing;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.UnfitProviderException;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.security.Provider;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// Which provider computes and checks the Ed25519 signatures of this process.
public enum Ed25519Choice {
  /// Corretto where it works, else BouncyCastle.
  AUTO,
  BOUNCYCASTLE,
  /// Amazon Corretto Crypto Provider, or no start.
  CORRETTO;

  /// A provider that has passed the self-test, and why it is this one.
  public record Selected(Ed25519Provider provider, String reason) {
    /// For the one line that the log holds about it.
    @Override
    public String toString() {
      return "provider=" + provider.name() + " selftest=passed reason=" + reason;
    }
  }

  /// The words that the setting may have.
  public static List<String> words() {
    return Arrays.stream(values()).map(Ed25519Choice::word).toList();
  }

  /// @throws IllegalArgumentException unless the text is one of [#words]
  public static Ed25519Choice of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// @throws InterceptorException SIGNING_UNAVAILABLE if the provider that was asked for cannot be
  ///   had or does not pass the self-test
  public Selected select() {
    return select(() -> Corretto.load());
  }

  Selected select(Supplier<Provider> corretto) {
    if (this == BOUNCYCASTLE) {
      return bouncyCastle("configured");
    }
    try {
      return new Selected(
          Ed25519Provider.jca(corretto.get()), this == AUTO ? "corretto works here" : "configured");
    } catch (UnfitProviderException | RuntimeException | LinkageError e) {
      if (this == CORRETTO) {
        throw unusable("`token.ed25519-provider` is `corretto`, which is not usable here", e);
      }
      return bouncyCastle("corretto is not usable here: " + cause(e));
    }
  }

  private static Selected bouncyCastle(String reason) {
    Ed25519Provider provider = Ed25519Provider.bouncyCastle();
    try {
      provider.selfTest();
    } catch (UnfitProviderException e) {
      throw unusable("BouncyCastle does not pass its self-test", e);
    }
    return new Selected(provider, reason);
  }

  private static InterceptorException unusable(String problem, Throwable cause) {
    return InterceptorException.of(
        ErrorCode.SIGNING_UNAVAILABLE,
        problem
            + ": "
            + cause(cause)
            + "; write `auto` or `bouncycastle`, or see \"Ed25519\" in docs/operations.md",
        cause);
  }

  private static String cause(Throwable e) {
    return switch (e) {
      case UnfitProviderException unfit -> String.valueOf(unfit.getMessage());
      case NoClassDefFoundError _ -> "its jar is not on the class path";
      default -> e.toString();
    };
  }
}
