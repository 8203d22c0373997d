package dev.interceptor.server.signing;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Provider;

/// The one class that names Amazon Corretto Crypto Provider, whose jar may be missing: not to be
/// touched outside a handler of `LinkageError`.
final class Corretto {
  private Corretto() {}

  /// @throws IllegalStateException if the native library, which its jar holds for one platform,
  ///   does not load
  static Provider load() {
    AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
    Throwable obstacle = provider.getLoadingError();
    if (obstacle != null) {
      throw new IllegalStateException("its native library does not load: " + obstacle, obstacle);
    }
    return provider;
  }
}
