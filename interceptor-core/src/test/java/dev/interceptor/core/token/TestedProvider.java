package dev.interceptor.core.token;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Provider;
import java.security.Security;

/// The providers of Ed25519 that tests are run with.
enum TestedProvider {
  BOUNCY_CASTLE,
  /// Skipped where its native library does not load.
  CORRETTO,
  /// The JDK's: nobody chooses it, but it has to give the same answers.
  JDK;

  Ed25519Provider get() {
    return switch (this) {
      case BOUNCY_CASTLE -> Ed25519Provider.bouncyCastle();
      case CORRETTO -> jca(corretto());
      case JDK -> jca(Security.getProvider("SunEC"));
    };
  }

  /// For work in bulk that is not about the provider.
  static Ed25519Provider fastest() {
    return AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError() == null
        ? CORRETTO.get()
        : BOUNCY_CASTLE.get();
  }

  private static Provider corretto() {
    Throwable obstacle = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
    if (obstacle != null) {
      System.out.println("SKIPPED: Amazon Corretto Crypto Provider does not load: " + obstacle);
    }
    assumeTrue(obstacle == null, "Amazon Corretto Crypto Provider does not load");
    return AmazonCorrettoCryptoProvider.INSTANCE;
  }

  private static Ed25519Provider jca(Provider provider) {
    try {
      return Ed25519Provider.jca(provider);
    } catch (UnfitProviderException e) {
      throw new AssertionError(e);
    }
  }
}
