package dev.interceptor.server.demo;

import dev.interceptor.core.token.JwkSet;
import java.net.URI;
import java.util.function.Supplier;

/// Where the demo tool server has the interceptor's public keys from.
public sealed interface JwksSource {
  /// Keys of the same process.
  ///
  /// @param keys asked for every token
  record Given(Supplier<JwkSet> keys) implements JwksSource {}

  /// The interceptor's key set, fetched from this address alone, remembered for five minutes and
  /// asked again for an unknown key name, at most once a second.
  record Remote(URI url) implements JwksSource {}
}
