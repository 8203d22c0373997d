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

  /// The interceptor's key set, fetched from this address alone by `RemoteKeys`.
  ///
  /// @param url `https`, or `http` to this machine itself
  record Remote(URI url) implements JwksSource {}
}
